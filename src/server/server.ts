import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createDoor } from './door.ts'
import { createTraffic } from './traffic.ts'
import { createGraphqlHandler, GRAPHQL_PATH, type GraphqlParts } from './yoga.ts'

const DRAIN_MS = 10_000

export interface ServerParts extends GraphqlParts {
  /** Whether requests can be served, for `/health/ready`: rejects where they can't. */
  ready(): Promise<void>
  /** How long running requests may go on after `close()`, in milliseconds; 10 s by default. */
  readonly drainMs?: number
}

export interface RunningServer {
  /** Where the API is: `http://127.0.0.1:4000/graphql`. */
  readonly url: string
  /**
   * Takes no new requests, lets the running ones end for a bounded time, then cuts them off: their callers count as
   * gone. Resolves when no connection is left.
   */
  close(): Promise<void>
}

/**
 * Opens the door: `/graphql`, `/health/live`, `/health/ready`.
 * @throws Error where the address can't be listened on
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { settings, logger, drainMs = DRAIN_MS } = parts
  const server = createServer()
  const traffic = createTraffic()
  const door = createDoor({
    graphql: createGraphqlHandler(parts),
    logger,
    bodyBytes: settings.limits.bodyBytes,
    ready: parts.ready,
    isOpen: () => server.listening,
  })
  server.on('request', (request, response) => {
    traffic.enter(response)
    door(request, response)
  })
  server.listen(settings.port, settings.host)
  await once(server, 'listening')

  let closed: Promise<void> | null = null
  const close = async () => {
    const gone = once(server, 'close')
    server.close()
    await traffic.quiet(drainMs)
    server.closeAllConnections()
    await gone
  }
  return {
    url: urlOf(server, settings.host),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}${GRAPHQL_PATH}`
}
