import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { oddCuts } from './odd-cuts.ts'

/** What is sent back. */
export interface Replay {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** About how many pieces the body comes in. */
  readonly pieces?: number
  /** After this many bytes the socket is destroyed; absent sends all. */
  readonly breakAfter?: number
}

export interface ReplayServer {
  /** Serves a response at a base URL of its own, at any path below it, until it's forgotten. */
  serve(replay: Replay): { readonly url: string; readonly requests: readonly ReplayedRequest[]; forget(): void }
  close(): Promise<void>
}

export interface ReplayedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** Headers that describe the recorded connection, not the answer. */
const HOP = new Set(['content-length', 'content-encoding', 'transfer-encoding', 'connection', 'keep-alive', 'alt-svc'])

/** Starts a server on loopback that replays responses, cut at odd places. */
export async function startReplayServer(): Promise<ReplayServer> {
  const replays = new Map<string, { replay: Replay; requests: ReplayedRequest[] }>()
  let last = 0
  const server = createServer((request, response) => {
    const id = request.url?.split('/')[1] ?? ''
    const entry = replays.get(id)
    if (!entry) return void response.writeHead(599).end()
    answer(request, response, entry).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    serve(replay) {
      const id = String(++last)
      const requests: ReplayedRequest[] = []
      replays.set(id, { replay, requests })
      return { url: `http://127.0.0.1:${port}/${id}`, requests, forget: () => void replays.delete(id) }
    },
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  entry: { replay: Replay; requests: ReplayedRequest[] },
): Promise<void> {
  const body: Buffer[] = []
  for await (const chunk of request) body.push(chunk as Buffer)
  entry.requests.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(body).toString() })
  const { replay } = entry
  const headers = Object.entries(replay.headers).filter(([name]) => !HOP.has(name.toLowerCase()))
  response.writeHead(replay.status, Object.fromEntries(headers))
  const bytes = replay.breakAfter === undefined ? replay.body : replay.body.subarray(0, replay.breakAfter)
  for (const piece of oddCuts(bytes, replay.pieces ?? 40)) {
    response.write(piece)
    await nextTurn()
  }
  if (replay.breakAfter === undefined) response.end()
  else response.destroy()
}
