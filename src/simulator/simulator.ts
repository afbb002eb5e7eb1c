import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clock, systemClock } from '../core/clock.ts'
import { createWorld } from './exchange.ts'
import { handle } from './handle.ts'

export interface SimulatorOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** Default: 0, any free port. */
  readonly port?: number
  /** Between two content chunks, in milliseconds, where a model's name says nothing else. Default: 0. */
  readonly chunkDelayMs?: number
  readonly clock?: Clock
}

export interface Simulator {
  /** Its origin, such as `http://127.0.0.1:4010`, without a slash at the end. */
  readonly url: string
  /** Stops listening and destroys every open connection. */
  close(): Promise<void>
}

/** How many connections may wait to be accepted: tests open a thousand streams at once. */
const BACKLOG = 4_096
/** Longer than clients keep their connections, so that none is closed under a request. */
const KEEP_ALIVE_MS = 120_000

/**
 * Starts a server that speaks the wire formats of OpenAI, Anthropic and Gemini with scripted answers and faults.
 * @throws where the address is taken or not this machine's
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', port = 0, chunkDelayMs = 0, clock = systemClock } = options
  const world = createWorld(clock, chunkDelayMs)
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, noDelay: true },
    (request, response) => {
      void handle(world, request, response)
    },
  )
  server.listen({ host, port, backlog: BACKLOG })
  await once(server, 'listening')
  return { url: originOf(server.address()), close: () => close(server) }
}

function originOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('The simulator listens on no port.')
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return `http://${host}:${address.port}`
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
