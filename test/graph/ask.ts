import { type ExecutionResult, graphql } from 'graphql'
import type { Caller } from '../../src/core/caller.ts'
import { createSchema } from '../../src/graph/schema.ts'
import { callerWithScopes, createHouse, type House } from './house.ts'

const schema = createSchema()

interface Asking {
  readonly house?: House
  readonly caller?: Caller | null
  readonly variables?: Readonly<Record<string, unknown>>
}

/** Runs one query against the schema, by default as a caller with all scopes. */
export async function ask(source: string, { house = createHouse(), caller, variables }: Asking = {}) {
  const contextValue = {
    ...house,
    caller: caller === undefined ? callerWithScopes('complete', 'read', 'admin') : caller,
    signal: new AbortController().signal,
  }
  const result: ExecutionResult = await graphql({ schema, source, contextValue, variableValues: variables ?? null })
  return plain(result)
}

interface Answer {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { message: string; path?: unknown; extensions?: Record<string, unknown> }[]
}

/** As a client gets it. */
function plain(result: ExecutionResult): Answer {
  return JSON.parse(JSON.stringify(result))
}
