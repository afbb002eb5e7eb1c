import { getEventListeners } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { DriverEvent, Upstream } from '../../src/core/driver.ts'
import { ProviderError } from '../../src/core/provider-error.ts'
import type { ContractServer } from './contract-server.ts'
import type { ContractSubject } from './contract-subject.ts'
import { countingClock } from './counting-clock.ts'
import { fold, requestWith, runDriver } from './run-driver.ts'

/** The key that a subject is run with: no message may hold it. */
export const SECRET = 'contract-secret-0123456789abcdef'

/** What the tests of the contract are made with: a driver under test, and a server that answers as they say. */
export function contractBench(subject: ContractSubject, serverNow: () => ContractServer) {
  const setUp = (url = serverNow().url) => {
    const clock = countingClock()
    const driver = subject.makeDriver(url, { fetch: globalThis.fetch, clock })
    const abort = new AbortController()
    const run = (upstream: Upstream = 'stream') =>
      runDriver(driver, requestWith({ model: subject.model, secret: SECRET, upstream }), abort.signal)
    const open = () =>
      driver.stream(requestWith({ model: subject.model, secret: SECRET }), abort.signal)[Symbol.asyncIterator]()
    const leftBehind = () => getEventListeners(abort.signal, 'abort').length + clock.running()
    return { run, open, abort, leftBehind }
  }
  const serveFrames = (frames: readonly string[], headers: Readonly<Record<string, string>> = {}) =>
    serverNow().respond((response) => {
      response.writeHead(200, { 'content-type': subject.streamType, ...headers })
      for (const frame of frames) response.write(frame)
      response.end()
    })
  const serveBody = (body: string, type = 'application/json', status = 200, headers = {}) =>
    serverNow().respond((response) => void response.writeHead(status, { 'content-type': type, ...headers }).end(body))
  const serveEndless = () => {
    let written = 0
    serverNow().respond(async (response) => {
      response.writeHead(200, { 'content-type': subject.streamType })
      for (let index = 0; !response.destroyed; index++) {
        const frame = subject.endless(index)
        written += frame.length
        if (!response.write(frame)) await drained(response)
        if (index < 5) await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })
    return () => written
  }
  const failure = async (run: Promise<unknown>): Promise<ProviderError> => {
    const error = await run.then(
      () => new Error('the driver reported success'),
      (thrown: unknown) => thrown,
    )
    if (error instanceof ProviderError) return error
    throw error
  }
  return { setUp, serveFrames, serveBody, serveEndless, failure }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
}

export async function readUntilText(events: AsyncIterator<DriverEvent>): Promise<void> {
  for (;;) {
    const next = await events.next()
    if (next.done) throw new Error('the stream ended before any text')
    if (next.value.type === 'text') return
  }
}

export async function drain(events: AsyncIterator<DriverEvent>): Promise<void> {
  fold(await exhaust(events))
}

/** All that a driver says, unchecked. */
export async function exhaust(events: AsyncIterator<DriverEvent>): Promise<readonly DriverEvent[]> {
  const seen: DriverEvent[] = []
  for (let next = await events.next(); !next.done; next = await events.next()) seen.push(next.value)
  return seen
}

/** Waits until kept-alive connections of earlier tests are gone. */
export async function dropIdle(server: ContractServer): Promise<void> {
  server.dropIdle()
  await waitUntil(() => server.connections() === 0)
}

export async function waitUntil(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 2_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('waited 2 s in vain')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
