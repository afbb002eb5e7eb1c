import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../core/telemetry.ts'
import { answerLive, answerReady, sendJson } from './health.ts'
import { bodyFits, stopReading } from './request-body.ts'
import { clientGone } from './request-context.ts'
import { requestIdOf } from './request-id.ts'
import { GRAPHQL_PATH, type GraphqlHandler } from './yoga.ts'

/** What stands behind the door. */
export interface Rooms {
  readonly graphql: GraphqlHandler
  readonly logger: Logger
  readonly bodyBytes: number
  /** Rejects where requests can't be served. */
  ready(): Promise<void>
  /** Whether requests are taken; false once the server is going down. */
  isOpen(): boolean
}

/** Answers every request, whatever happens. */
export function createDoor(rooms: Rooms): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const requestId = requestIdOf(request)
    const began = performance.now()
    response.setHeader('x-request-id', requestId)
    response.setHeader('x-content-type-options', 'nosniff')
    response.once('close', () => {
      const { method } = request
      const ms = performance.now() - began
      rooms.logger.debug({ requestId, method, path: pathOf(request), status: response.statusCode, ms }, 'Request')
    })
    answer(request, response, rooms).catch((error: unknown) => {
      rooms.logger.error({ requestId, err: error }, 'A request broke')
      if (response.headersSent) response.destroy()
      else sendJson(response, 500, { error: `Something went wrong on our side. Reference: ${requestId}` })
    })
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  if (!rooms.isOpen()) {
    response.setHeader('connection', 'close')
    return sendJson(response, 503, { error: 'This server is going down. Try again.' })
  }
  if (!URL.canParse(`http://${request.headers.host || 'localhost'}`)) {
    return sendJson(response, 400, { error: 'The Host header is no host.' })
  }
  switch (pathOf(request)) {
    case GRAPHQL_PATH:
      return answerGraphql(request, response, rooms)
    case '/health/live':
      return answerLive(response)
    case '/health/ready':
      return answerReady(response, rooms.ready, rooms.logger)
    default:
      return sendJson(response, 404, { error: `There is nothing here. The API is at ${GRAPHQL_PATH}.` })
  }
}

async function answerGraphql(request: IncomingMessage, response: ServerResponse, rooms: Rooms): Promise<void> {
  const signal = clientGone(response)
  const bodyTooLarge = !(await bodyFits(request, rooms.bodyBytes))
  if (bodyTooLarge) stopReading(request, response)
  await rooms.graphql(request, response, { signal, bodyTooLarge })
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}
