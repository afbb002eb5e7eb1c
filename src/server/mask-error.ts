import { randomUUID } from 'node:crypto'
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql'
import type { Logger } from '../core/telemetry.ts'
import { Unavailable } from '../core/unavailable.ts'

/**
 * Makes of any error one that a client may see. What was meant for it (a GraphQLError of ours or of GraphQL itself)
 * stays; a database that is away is said so; anything else becomes a reference, under which the log has the rest.
 */
export function errorMask(logger: Logger): (error: unknown) => GraphQLError {
  return (error) => {
    const cause = causeOf(error)
    if (error instanceof GraphQLError && cause instanceof GraphQLError) return error
    if (cause instanceof Unavailable) return unavailable(cause, error)
    const reference = randomUUID()
    logger.error({ reference, err: cause }, 'A request failed unexpectedly')
    return masked(error, { status: 500 }, `Something went wrong on our side. Reference: ${reference}`, {
      code: 'INTERNAL_SERVER_ERROR',
      reference,
    })
  }
}

function unavailable({ advice, retryAfterMs }: Unavailable, error: unknown): GraphQLError {
  const http = { status: 503, headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }
  return masked(error, http, advice, {
    code: 'SERVICE_UNAVAILABLE',
    retryable: true,
    retryAfterMs,
  })
}

/** What was thrown, before GraphQL wrapped it to say where. */
function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? causeOf(error.originalError) : error
}

/** How Yoga answers, where an error decides it. */
interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** An error in the place of another. Only one outside of any field, where there is no data at all, sets the status. */
function masked(error: unknown, http: HttpAnswer, message: string, extensions: GraphQLErrorExtensions): GraphQLError {
  if (!(error instanceof GraphQLError) || !error.path) {
    return new GraphQLError(message, { extensions: { ...extensions, http } })
  }
  return new GraphQLError(message, { nodes: error.nodes ?? null, path: error.path, extensions })
}
