import { costLimitPlugin } from '@escape.tech/graphql-armor-cost-limit'
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens'
import { GraphQLError, type ValidationContext } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { QueryLimits } from '../core/settings.ts'

/**
 * Refuses queries that would cost too much to answer. Each refusal is an error with a code and the limit. The schema's
 * own description (`__schema`) does not count, so that tools can read it.
 */
export function limitQueries({ depth, aliases, tokens, cost }: QueryLimits): Plugin[] {
  const tooDeep = tooLarge('levels of nesting', 'QUERY_TOO_DEEP', depth)
  return [
    maxTokensPlugin({ n: tokens, onReject: [() => fail(tooLarge('tokens', 'QUERY_TOO_LONG', tokens))] }),
    survivingNesting(tooDeep),
    maxDepthPlugin({ n: depth, flattenFragments: true, ...reporting(tooDeep) }),
    maxAliasesPlugin({ n: aliases, ...reporting(tooLarge('aliases', 'QUERY_TOO_MANY_ALIASES', aliases)) }),
    costLimitPlugin({
      maxCost: cost,
      flattenFragments: true,
      ...reporting(tooLarge('points of cost', 'QUERY_TOO_COSTLY', cost)),
    }),
  ]
}

/** The parser calls itself for each level, also of values, which no limit counts: thousands of them end its stack. */
function survivingNesting(error: GraphQLError): Plugin {
  return {
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        try {
          return parseFn(source, options)
        } catch (thrown) {
          throw thrown instanceof RangeError ? error : thrown
        }
      })
    },
  }
}

/** Makes a refusal one error of validation among others, instead of an exception. */
function reporting(error: GraphQLError) {
  return {
    propagateOnRejection: false,
    onReject: [(context: ValidationContext | null) => context?.reportError(error)],
  }
}

function tooLarge(unit: string, code: string, limit: number): GraphQLError {
  return new GraphQLError(`The query has more than ${limit} ${unit}. Ask for less, or in several requests.`, {
    extensions: { code, limit, http: { status: 400, spec: true } },
  })
}

function fail(error: GraphQLError): never {
  throw error
}
