import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the door knows of one HTTP request before GraphQL looks at it. */
export interface RequestContext {
  /** Aborted when the client goes away before it has its answer. */
  readonly signal: AbortSignal
  /** True where the body is larger than the limit; then it was not read. */
  readonly bodyTooLarge: boolean
}

/** A signal that is aborted when the response's connection is lost before all of it was sent. */
export function clientGone(response: ServerResponse<IncomingMessage>): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}
