import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Upstream } from '../../src/core/driver.ts'
import { contractBench, drain, dropIdle, exhaust, readUntilText, SECRET, waitUntil } from './contract-bench.ts'
import { type ContractServer, deadUrl, startContractServer } from './contract-server.ts'
import type { ContractSubject } from './contract-subject.ts'

const UPSTREAMS: readonly Upstream[] = ['stream', 'unary']
const PROMPTLY_MS = 100

/** The promises that every driver keeps. */
export function driverContract(subject: ContractSubject): void {
  describe(`contract of ${subject.name}`, () => {
    let server: ContractServer
    beforeAll(async () => {
      server = await startContractServer()
    })
    afterAll(() => server.close())

    const { setUp, serveFrames, serveBody, serveEndless, failure } = contractBench(subject, () => server)

    for (const [title, sample] of Object.entries({ text: subject.text, 'tool calls': subject.tools })) {
      const expectSample = async (run: ReturnType<ReturnType<typeof setUp>['run']>) => {
        const { text, tools, finish } = await run
        expect({ text, tools, reason: finish.reason, usage: finish.usage, model: finish.model }).toEqual({
          text: sample.text,
          tools: sample.tools,
          reason: sample.reason,
          usage: sample.usage,
          model: sample.model,
        })
      }
      it(`streams ${title} and ends with exactly one finish, leaving nothing behind`, async () => {
        serveFrames(sample.frames)
        const { run, leftBehind } = setUp()
        await expectSample(run())
        expect(leftBehind()).toBe(0)
      })
      it(`gives the same events for ${title} in one piece`, async () => {
        serveBody(sample.body)
        const { run, leftBehind } = setUp()
        await expectSample(run('unary'))
        expect(leftBehind()).toBe(0)
      })
      it(`takes ${title} in one piece where a stream was asked for`, async () => {
        serveBody(sample.body)
        await expectSample(setUp().run())
      })
    }

    it('tells what the headers say of the key', async () => {
      serveFrames(subject.text.frames, subject.limits.headers)
      const { events } = await setUp().run()
      expect(events[0]).toEqual({ type: 'start', limits: expect.objectContaining(subject.limits.limits) })
    })

    it('finishes soon where the provider holds the connection open behind the end', async () => {
      server.respond((response) => {
        response.writeHead(200, { 'content-type': subject.streamType })
        for (const frame of subject.text.frames) response.write(frame)
      })
      const begun = performance.now()
      const { finish } = await setUp().run()
      expect(finish.usage).toEqual(subject.text.usage)
      expect(performance.now() - begun).toBeLessThan(1_500)
    })

    it('says TRUNCATED where the end mark is missing', async () => {
      serveFrames(subject.truncated)
      const { run, leftBehind } = setUp()
      expect((await failure(run())).kind).toBe('TRUNCATED')
      expect(leftBehind()).toBe(0)
    })

    it('says TRUNCATED where the connection breaks', async () => {
      server.respond(async (response) => {
        response.writeHead(200, { 'content-type': subject.streamType })
        for (const frame of subject.truncated) response.write(frame)
        await new Promise((resolve) => setTimeout(resolve, 10))
        response.destroy()
      })
      expect((await failure(setUp().run())).kind).toBe('TRUNCATED')
    })

    it('says MALFORMED where tool arguments are not JSON', async () => {
      serveFrames(subject.badArguments)
      expect((await failure(exhaust(setUp().open()))).kind).toBe('MALFORMED')
    })

    it('says MALFORMED where a chunk is not JSON', async () => {
      serveFrames([...subject.truncated, 'data: {"broken": \n\n'])
      expect((await failure(setUp().run())).kind).toBe('MALFORMED')
    })

    for (const upstream of UPSTREAMS) {
      it(`says MALFORMED of HTML and of nothing with status 200 (${upstream})`, async () => {
        for (const [body, type] of [
          ['<!doctype html><title>Sign in</title>', 'text/html'],
          ['<!doctype html><title>Sign in</title>', subject.streamType],
          ['', subject.streamType],
          ['', 'application/json'],
          ['{}', 'application/json'],
          ['not json', 'application/json'],
        ] as const) {
          serveBody(body, type)
          expect([body, type, (await failure(setUp().run(upstream))).kind]).toEqual([body, type, 'MALFORMED'])
        }
      })
    }

    it.each(subject.streamErrors)('classifies an error inside a 200 as $kind', async ({ frames, kind }) => {
      serveFrames(frames)
      const { run, leftBehind } = setUp()
      expect((await failure(run())).kind).toBe(kind)
      expect(leftBehind()).toBe(0)
    })

    it.each(subject.errors)('classifies $title as $kind', async (sample) => {
      for (const upstream of UPSTREAMS) {
        serveBody(sample.body.replaceAll('SECRET', SECRET), 'application/json', sample.status, sample.headers)
        const { run, leftBehind } = setUp()
        const error = await failure(run(upstream))
        expect(error.kind).toBe(sample.kind)
        expect(error.httpStatus).toBe(sample.status)
        expect(error.retryAfterMs).toBe(sample.retryAfterMs ?? null)
        expect(error.hopeless).toBe(sample.hopeless ?? false)
        expect(error.message).not.toContain(SECRET)
        expect(leftBehind()).toBe(0)
      }
    })

    it('says NETWORK where nobody answers and where the connection closes before an answer', async () => {
      expect((await failure(setUp(await deadUrl()).run())).kind).toBe('NETWORK')
      server.respond((response) => void response.destroy())
      expect((await failure(setUp().run())).kind).toBe('NETWORK')
    })

    const expectAborted = async (pending: Promise<unknown>, abort: AbortController, leftBehind: () => number) => {
      const reason = new Error('gone away')
      const begun = performance.now()
      abort.abort(reason)
      await expect(pending).rejects.toBe(reason)
      await waitUntil(() => server.connections() === 0)
      expect(performance.now() - begun).toBeLessThan(PROMPTLY_MS)
      expect(leftBehind()).toBe(0)
    }

    it('ends within 100 ms of an abort before the answer, with its socket closed', async () => {
      await dropIdle(server)
      server.respond(() => undefined)
      const { open, abort, leftBehind } = setUp()
      const pending = open().next()
      pending.catch(() => undefined)
      await server.nextRequest()
      await expectAborted(pending, abort, leftBehind)
    })

    it('ends within 100 ms of an abort amid the answer, with its socket closed', async () => {
      await dropIdle(server)
      server.respond((response) => {
        response.writeHead(200, { 'content-type': subject.streamType })
        response.write(subject.endless(0) + subject.endless(1))
      })
      const { open, abort, leftBehind } = setUp()
      const events = open()
      await readUntilText(events)
      const pending = drain(events)
      pending.catch(() => undefined)
      await expectAborted(pending, abort, leftBehind)
    })

    it('throws the reason of a signal that is aborted already', async () => {
      const { open, abort } = setUp()
      const reason = new Error('too late')
      abort.abort(reason)
      await expect(open().next()).rejects.toBe(reason)
    })

    it('closes the socket where its reader leaves', async () => {
      await dropIdle(server)
      serveEndless()
      const { open, leftBehind } = setUp()
      const events = open()
      await readUntilText(events)
      await events.return?.()
      await waitUntil(() => server.connections() === 0)
      expect(leftBehind()).toBe(0)
    })

    it('reads no more than its reader takes', async () => {
      await dropIdle(server)
      const written = serveEndless()
      const { open, abort } = setUp()
      const events = open()
      await readUntilText(events)
      await new Promise((resolve) => setTimeout(resolve, 150))
      const then = written()
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(written()).toBe(then)
      abort.abort()
      await events.return?.().catch(() => undefined)
    })
  })
}
