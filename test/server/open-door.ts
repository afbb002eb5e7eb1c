import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import type { KeyDirectory } from '../../src/core/access.ts'
import type { Caller } from '../../src/core/caller.ts'
import type { QueryLimits, ServerSettings } from '../../src/core/settings.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import { type RunningServer, type ServerParts, startServer } from '../../src/server/server.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { callerWithScopes, createHouse, type House } from '../graph/house.ts'

export const KEY = 'Bearer sy_not-a-real-key'
/** A key that takes a tenth of a second to look up. */
export const SLOW_KEY = 'Bearer sy_slow'

export interface OpenDoor {
  readonly url: string
  readonly house: House
  readonly server: RunningServer
  /** The lines of the log so far. */
  readonly log: Record<string, unknown>[]
  /** Which Authorization headers were looked up. */
  readonly authorizations: (string | null)[]
  /** Posts a query as JSON, with a key. */
  post(
    query: string,
    more?: { headers?: Record<string, string>; variables?: unknown; signal?: AbortSignal },
  ): Promise<Response>
}

type Opening = Partial<Omit<ServerSettings, 'limits'>> & {
  readonly limits?: Partial<QueryLimits>
  readonly ready?: ServerParts['ready']
  readonly drainMs?: number
}

const open: RunningServer[] = []
afterEach(() => Promise.all(open.splice(0).map((server) => server.close())))

/** Starts the real server in front of a small house; it closes after the test. */
export async function openDoor({ limits, ready, drainMs, ...settings }: Opening = {}): Promise<OpenDoor> {
  const house = createHouse()
  const log: Record<string, unknown>[] = []
  const authorizations: (string | null)[] = []
  const server = await startServer({
    ...house,
    keys: directory(authorizations),
    logger: createLogger({ level: 'debug', destination: { write: (line) => void log.push(JSON.parse(line)) } }),
    ready: ready ?? (async () => {}),
    drainMs: drainMs ?? 0,
    settings: {
      host: '127.0.0.1',
      port: 0,
      corsOrigins: [],
      graphiql: true,
      introspection: true,
      ...settings,
      limits: { bodyBytes: 100_000, depth: 15, aliases: 30, tokens: 5_000, cost: 60_000, ...limits },
    },
  })
  open.push(server)
  const { url } = server
  return {
    url,
    house,
    server,
    log,
    authorizations,
    post: (query, { headers = {}, variables, signal } = {}) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: KEY, ...headers },
        body: JSON.stringify({ query, variables }),
        ...(signal ? { signal } : {}),
      }),
  }
}

function directory(asked: (string | null)[]): KeyDirectory {
  return {
    browserOrigins: async () => new Set(),
    async authenticate(authorization): Promise<Caller | null> {
      asked.push(authorization)
      if (authorization === SLOW_KEY) await new Promise((resolve) => setTimeout(resolve, 100))
      if (authorization === 'Bearer sy_no-database') throw new LedgerUnavailable('connect ECONNREFUSED')
      return authorization === KEY || authorization === SLOW_KEY ? callerWithScopes('complete', 'read') : null
    },
  }
}

/** A raw connection that has sent this text. */
export async function rawConnection(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.write(text)
  return socket
}

/** A raw POST of a query as JSON, with a key. */
export function rawPost(query: string, headers: Record<string, string> = {}): string {
  const body = JSON.stringify({ query })
  const all = {
    host: '127.0.0.1',
    authorization: KEY,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `POST /graphql HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}

/** All that comes until the text is seen or the connection ends. */
export function readUntil(socket: Socket, text: string): Promise<string> {
  return new Promise((resolve) => {
    let seen = ''
    const onData = (chunk: Buffer) => {
      seen += chunk
      if (!seen.includes(text)) return
      socket.off('data', onData)
      resolve(seen)
    }
    socket.on('data', onData)
    socket.once('close', () => resolve(seen))
  })
}
