import type { ServerResponse } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import type { Logger } from '../core/telemetry.ts'

const READY_WITHIN_MS = 2_000

/** Answers that the process runs. */
export function answerLive(response: ServerResponse): void {
  sendJson(response, 200, { status: 'live' })
}

/** Answers whether requests can be served: 200, or 503 where the check fails or takes too long. */
export async function answerReady(response: ServerResponse, ready: () => Promise<void>, logger: Logger): Promise<void> {
  try {
    await within(READY_WITHIN_MS, ready())
    sendJson(response, 200, { status: 'ready' })
  } catch (error) {
    logger.warn({ err: error }, 'Not ready')
    sendJson(response, 503, { status: 'unavailable' })
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

async function within(ms: number, check: Promise<void>): Promise<void> {
  const timeout = new AbortController()
  const late = after(ms, undefined, { signal: timeout.signal }).then(() => {
    throw new Error(`The check took longer than ${ms} ms`)
  })
  try {
    await Promise.race([check, late])
  } finally {
    late.catch(() => undefined)
    timeout.abort()
  }
}
