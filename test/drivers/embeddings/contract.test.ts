import { getEventListeners } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropIdle, waitUntil } from '../contract-bench.ts'
import { type ContractServer, deadUrl, startContractServer } from '../contract-server.ts'
import { countingClock } from '../counting-clock.ts'
import { asking, EMBEDDERS, embedded, embedderAt, failureOf, SECRET, textsOf } from './embed-with.ts'

const PROMPTLY_MS = 100

/** The body of a successful answer in each API's own form. */
const BODIES = {
  openai: (vectors: readonly unknown[]) =>
    JSON.stringify({ object: 'list', data: vectors.map((embedding, index) => ({ embedding, index })) }),
  google: (vectors: readonly unknown[]) => JSON.stringify({ embeddings: vectors.map((values) => ({ values })) }),
}

let server: ContractServer
beforeAll(async () => {
  server = await startContractServer()
})
afterAll(() => server.close())

describe.each(EMBEDDERS)('contract of the embeddings of $name', ({ name, batch }) => {
  const bodyOf = name === 'google' ? BODIES.google : BODIES.openai

  const serve = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}) =>
    server.respond((response) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })

  const setUp = (url = server.url) => {
    const clock = countingClock()
    const driver = embedderAt(name, url, { fetch: globalThis.fetch, clock })
    const abort = new AbortController()
    const run = (changes: Parameters<typeof asking>[0] = {}) => embedded(driver, asking(changes), abort.signal)
    const open = (changes: Parameters<typeof asking>[0] = {}) =>
      driver.embed(asking(changes), abort.signal)[Symbol.asyncIterator]()
    const leftBehind = () => getEventListeners(abort.signal, 'abort').length + clock.running()
    return { run, open, abort, leftBehind }
  }

  it('reads vectors and limits, and leaves nothing behind', async () => {
    serve(bodyOf([[0.5, -1e-7, 3]]), 200, { 'x-ratelimit-remaining-requests': '7' })
    const { run, leftBehind } = setUp()
    const { vectors, events } = await run()
    expect(vectors).toEqual([[0.5, -1e-7, 3]])
    expect(events[0]).toEqual({ type: 'start', limits: expect.objectContaining({ remainingRequests: 7 }) })
    expect(leftBehind()).toBe(0)
  })

  it('says MALFORMED of what is no answer, or one for other texts', async () => {
    for (const body of [
      '<!doctype html><title>Sign in</title>',
      '',
      '{}',
      '[]',
      'null',
      bodyOf([]),
      bodyOf([[1], [2]]),
      bodyOf([[]]),
      bodyOf([null]),
      bodyOf([[1, null]]),
      bodyOf([['1']]),
      bodyOf([{ 0: 1 }]),
      bodyOf([[0.5]]).slice(0, -3),
    ]) {
      serve(body)
      const { run, leftBehind } = setUp()
      expect([body, (await failureOf(run())).kind]).toEqual([body, 'MALFORMED'])
      expect(leftBehind()).toBe(0)
    }
  })

  it('classifies an error by what it says, without the key', async () => {
    const said = { message: `Slow down, ${SECRET}`, code: name === 'google' ? 429 : 'rate_limit_exceeded' }
    serve(JSON.stringify({ error: { ...said, status: 'RESOURCE_EXHAUSTED' } }), 429, { 'retry-after': '2' })
    const { run, leftBehind } = setUp()
    const error = await failureOf(run())
    expect(error).toMatchObject({ kind: 'RATE_LIMITED', httpStatus: 429, retryAfterMs: 2_000 })
    expect(error.message).not.toContain(SECRET)
    expect(leftBehind()).toBe(0)
  })

  it('sees an error inside a 200', async () => {
    serve(JSON.stringify({ error: { message: 'Busy', code: 503, status: 'UNAVAILABLE', type: 'overloaded_error' } }))
    expect((await failureOf(setUp().run())).kind).toBe('OVERLOADED')
  })

  it('says NETWORK where nobody answers', async () => {
    expect((await failureOf(setUp(await deadUrl()).run())).kind).toBe('NETWORK')
  })

  it('ends within 100 ms of an abort, before the answer and between two requests, with its socket closed', async () => {
    for (const answered of [0, 1]) {
      await dropIdle(server)
      let requests = 0
      const closed = Promise.withResolvers<void>()
      server.respond((response) => {
        requests += 1
        if (requests <= answered) response.end(bodyOf(Array.from({ length: batch }, () => [1])))
        else response.once('close', () => closed.resolve())
      })
      const { open, abort, leftBehind } = setUp()
      const events = open({ texts: textsOf(batch + 1) })
      for (let seen = 0; seen < 2 * answered; seen++) await events.next()
      const pending = events.next()
      pending.catch(() => undefined)
      await waitUntil(() => requests > answered)
      const begun = performance.now()
      const reason = new Error('gone away')
      abort.abort(reason)
      await expect(pending).rejects.toBe(reason)
      await closed.promise
      expect(performance.now() - begun).toBeLessThan(PROMPTLY_MS)
      expect(leftBehind()).toBe(0)
    }
  })

  it('asks for nothing more than its reader takes', async () => {
    let requests = 0
    server.respond((response) => {
      requests += 1
      response.end(bodyOf(Array.from({ length: batch }, () => [1])))
    })
    const events = setUp().open({ texts: textsOf(batch * 3) })
    await events.next()
    await events.next()
    expect(requests).toBe(1)
    await events.return?.()
  })
})

describe('embeddings of the driver openai', () => {
  it('puts vectors in the order of the texts and reads them as base64', async () => {
    const base64 = (numbers: readonly number[]) => Buffer.from(new Float32Array(numbers).buffer).toString('base64')
    const data = [
      { index: 1, embedding: base64([0.25, 2]) },
      { index: 0, embedding: base64([1, -0.5]) },
    ]
    server.respond((response) => void response.end(JSON.stringify({ data, usage: { prompt_tokens: 2 } })))
    const { vectors, usage } = await embedded(embedderAt('openai', server.url), asking({ texts: ['a', 'b'] }))
    expect(vectors).toEqual([
      [1, -0.5],
      [0.25, 2],
    ])
    expect(usage).toMatchObject({ inputTokens: 2, outputTokens: 0 })
  })

  it('names the field of ours that the provider refuses', async () => {
    const paths = async (param: string) => {
      const error = { message: 'No', type: 'invalid_request_error', param }
      server.respond((response) => void response.writeHead(400).end(JSON.stringify({ error })))
      const { issues } = await failureOf(embedded(embedderAt('openai', server.url), asking({})))
      return issues.map(({ path }) => path)
    }
    expect(await paths('input')).toEqual([['texts']])
    expect(await paths('dimensions')).toEqual([['dimensions']])
  })
})
