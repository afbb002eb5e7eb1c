import type { IncomingMessage, ServerResponse } from 'node:http'
import { useDisableIntrospection } from '@graphql-yoga/plugin-disable-introspection'
import { createYoga } from 'graphql-yoga'
import type { KeyDirectory } from '../core/access.ts'
import { kindOfModel } from '../core/model-kind.ts'
import { modelId } from '../core/routing.ts'
import type { ServerSettings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { GraphContext, GraphParts } from '../graph/context.ts'
import { createSchema } from '../graph/schema.ts'
import { corsFor, refuseForeignOrigin } from './cors.ts'
import { preventCsrf } from './csrf.ts'
import { createDocumentCache } from './document-cache.ts'
import { endWithKey } from './end-with-key.ts'
import { graphiqlOptions, graphiqlRenderer } from './graphiql.ts'
import { errorMask } from './mask-error.ts'
import { limitQueries } from './query-limits.ts'
import { refuseLargeBodies } from './request-body.ts'
import type { RequestContext } from './request-context.ts'
import { leaveUnreadableStreams } from './unreadable-streams.ts'

export const GRAPHQL_PATH = '/graphql'

/** What GraphQL over HTTP needs. */
export interface GraphqlParts extends GraphParts {
  readonly settings: ServerSettings
  readonly keys: KeyDirectory
  readonly logger: Logger
}

/** Answers one request to `/graphql`. */
export type GraphqlHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
) => Promise<void> | void

const DOCUMENTS = { entries: 1_000, longestQuery: 16_384 }

/** GraphQL over HTTP (queries and mutations) and server-sent events (subscriptions), hardened. */
export function createGraphqlHandler(parts: GraphqlParts): GraphqlHandler {
  const { settings, keys, logger, ...graph } = parts
  return createYoga<RequestContext, GraphContext>({
    schema: createSchema(),
    graphqlEndpoint: GRAPHQL_PATH,
    context: async ({ request, signal }): Promise<GraphContext> => {
      const caller = await keys.authenticate(request.headers.get('authorization'))
      refuseForeignOrigin(caller, request.headers.get('origin'))
      return { ...graph, caller, signal }
    },
    plugins: [
      refuseLargeBodies(settings.limits.bodyBytes),
      preventCsrf(),
      leaveUnreadableStreams(),
      endWithKey(keys),
      ...limitQueries(settings.limits),
      ...(settings.introspection ? [] : [useDisableIntrospection()]),
    ],
    cors: corsFor(settings.corsOrigins, keys),
    graphiql: settings.graphiql && graphiqlOptions(someModel(parts)),
    renderGraphiQL: graphiqlRenderer(),
    landingPage: false,
    batching: false,
    multipart: false,
    // The door has seen to it, without a copy of each body.
    maxRequestBodySize: false,
    parserAndValidationCache: {
      documentCache: createDocumentCache(DOCUMENTS),
      errorCache: createDocumentCache(DOCUMENTS),
    },
    maskedErrors: { maskError: errorMask(logger) },
    // What Yoga logs is what `errorMask` has logged already, without its reference.
    logging: false,
  })
}

/** A route that exists here, else a model. */
function someModel({ routes, catalog }: GraphParts): string {
  const [route] = routes.current().routes
  if (route) return route.name
  const model = catalog.models().find((each) => kindOfModel(each.model) === 'TEXT')
  return model ? modelId(model) : 'provider/model'
}
