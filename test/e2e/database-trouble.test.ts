import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { transaction } from '../../src/database/transaction.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { describePostgres } from '../support/database.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import type { Completion } from './answers.ts'
import { type Client, clientOf, eventually } from './client.ts'
import { COMPLETE } from './documents.ts'
import { leapingClock, newTag, type OpenHouse, openHouse, openReplica } from './harness.ts'
import { type Line, lineTo } from './line.ts'
import { present } from './present.ts'

describePostgres('a database that goes away', (suite) => {
  const clock = leapingClock()
  let line: Line
  let database: Database
  let house: OpenHouse
  beforeAll(async () => {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('This needs a Postgres server')
    line = await lineTo(settings.url)
    database = await openDatabase({ ...settings, url: line.url })
    house = await openHouse(database, { clock, chunkDelayMs: 10 })
  })
  afterAll(async () => {
    line.mend()
    await house.close()
    await database.close()
    await line.close()
  })

  afterEach(() => line.mend())

  it('for a moment under load costs no call and no row', async () => {
    const client = await house.client()
    const tag = newTag()
    const model = `openai/gpt-5-mini+words=20+tag=${tag}`
    const streams = await Promise.all(Array.from({ length: 10 }, () => client.stream({ model, prompt: 'Hi' })))
    await Promise.all(streams.map((stream) => stream.until('TextDelta')))
    line.cut()
    const wholes = Array.from({ length: 10 }, () => client.answer({ model, prompt: 'Ho' }))
    setTimeout(() => line.mend(), 1_000)
    const ends = await Promise.all(streams.map((stream) => stream.until('CompletionFinished')))
    const ids = [...ends.map(({ callId }) => callId), ...(await Promise.all(wholes)).map(({ callId }) => callId)]

    const { edges } = await client.calls({ first: 100 })
    expect(edges.map(({ node }) => node.id).sort()).toEqual(ids.sort())
    for (const { node } of edges) expect(node.status).toBe('SUCCEEDED')
    expect(await house.requests(tag)).toHaveLength(20)
  })

  it('in the middle of a transaction rejects it, and does not end the process', async () => {
    for (const way of ['line', 'server'] as const) {
      const work = transaction(database.sql, async (tx) => {
        const [row] = await tx`select pg_backend_pid() as pid`
        setTimeout(
          () => (way === 'line' ? line.drop() : suite.database().sql`select pg_terminate_backend(${row?.pid})`.then()),
          50,
        )
        await tx`select pg_sleep(5)`
      })
      await expect(work).rejects.toMatchObject({ code: expect.stringMatching(/CONNECTION_CLOSED|57P01|ECONNRESET/) })
      await eventually(async () => await database.sql`select 1`.catch(() => null))
    }
  })

  it('for longer: an answer is held back with its id, and its row is written later', async () => {
    const client = await house.client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+words=20+tag=${tag}`, prompt: 'Hi' }
    const stream = await client.stream(input)
    const { callId } = await stream.until('TextDelta')
    line.cut()
    await house.requestsOver(tag)
    const [whole] = await Promise.all([
      client.post<{ complete: Completion }>(COMPLETE, { input: { ...input, prompt: 'Ho' } }),
      expect(stream.all()).rejects.toThrow(new RegExp(callId)),
      leapWhen(async () => (await house.requestsOver(tag)).length === 2),
    ])
    expect(whole.data).toBeNull()
    expect(whole.errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } }])
    const other = present(/Call (\S+) has ended/.exec(present(whole.errors[0]).message)?.[1])

    line.mend()
    for (const id of [callId, other]) expect(await rowOf(client, id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('refuses calls and queries with what to do, in bounded time, and says it is not ready', async () => {
    const client = await house.client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    await client.answer(input)
    line.cut()
    const stuck = client.post(COMPLETE, { input })
    await leapWhen(async () => (await house.requestsOver(tag)).length === 2)
    expect((await stuck).errors).toMatchObject([{ extensions: { retryable: true } }])

    const began = performance.now()
    const answers = await Promise.all([
      client.post(COMPLETE, { input }),
      client.post(COMPLETE, { input: { ...input, idempotencyKey: tag } }),
      client.post('{ calls { edges { cursor } } }'),
    ])
    expect(performance.now() - began).toBeLessThan(10_000)
    for (const { data, errors } of answers) {
      expect(data).toBeNull()
      expect(errors).toMatchObject([{ extensions: { code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 } }])
      expect(errors[0]?.message).toMatch(/try again/)
      expect(errors[0]?.message).not.toMatch(/127\.0\.0\.1|ECONN/)
    }
    expect(await house.requests(tag)).toHaveLength(2)
    const health = house.url.replace('/graphql', '/health')
    expect((await fetch(`${health}/ready`)).status).toBe(503)
    expect((await fetch(`${health}/live`)).status).toBe(200)

    line.mend()
    await eventually(async () => ((await fetch(`${health}/ready`)).status === 200 ? true : null))
    const retried = await eventually(async () => {
      const { data } = await client.post<{ complete: Completion }>(COMPLETE, {
        input: { ...input, idempotencyKey: tag },
      })
      return data
    })
    expect(retried.complete.__typename).toBe('Completion')
    const { edges } = await client.calls()
    expect(edges.map(({ node }) => node.status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED'])
  })

  it('while it stops does not keep it from stopping', async () => {
    const simulator = await startSimulator({})
    const replica = await openReplica(database, simulator, { clock }, 'errors expected')
    const client = await replica.client()
    const tag = newTag()
    const stream = await client.stream({ model: `openai/gpt-5-mini+stall+tag=${tag}`, prompt: 'Hi' })
    await stream.until('TextDelta')
    line.cut()
    stream.leave()
    await replica.requestsOver(tag)
    const passing = setInterval(() => clock.leap(5_000), 200)
    await replica.close()
    clearInterval(passing)
    await simulator.close()
    // Where it was just being written, that shows with the next failure.
    await eventually(async () => replica.log.find(({ msg }) => /was lost/.test(String(msg))) ?? null)
  })

  it('while it stops leaves what was paid for on disk, and the next one writes it', async () => {
    const spoolDirectory = await mkdtemp(join(tmpdir(), 'switchyard-spool-'))
    const simulator = await startSimulator({ chunkDelayMs: 10 })
    // Connections of its own, as a process has: none that an earlier test has broken.
    const own = await openDatabase({ type: 'postgres', url: line.url, connections: 4 })
    const replica = await openReplica(own, simulator, { clock, spoolDirectory })
    const client = await replica.client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+words=20+tag=${tag}`, prompt: 'Hi' }
    const stream = await client.stream(input)
    const { callId } = await stream.until('TextDelta')
    line.cut()
    await Promise.all([
      expect(stream.all()).rejects.toThrow(new RegExp(callId)),
      leapWhen(async () => (await replica.requestsOver(tag)).length === 1),
    ])
    const passing = setInterval(() => clock.leap(5_000), 200)
    await replica.close()
    clearInterval(passing)
    expect(await readdir(spoolDirectory)).toEqual([expect.stringMatching(/\.left$/)])

    line.mend()
    const fresh = await openDatabase(suite.settings())
    const next = await openReplica(fresh, simulator, { clock, spoolDirectory })
    const { edges } = await eventually(async () => {
      const page = await clientOf(next.url, client.secret).calls()
      return page.edges.some(({ node }) => node.status === 'SUCCEEDED') ? page : null
    })
    expect(edges.map(({ node }) => node)).toMatchObject([{ id: callId, status: 'SUCCEEDED' }])
    await next.close()
    await Promise.all([own.close(), fresh.close()])
    expect(await readdir(spoolDirectory)).toEqual([])
    await simulator.close()
    await rm(spoolDirectory, { recursive: true })
    await expectSoundLedger(suite.database())
  })

  /** Lets the time pass for which a caller waits for its commit. */
  async function leapWhen(holds: () => Promise<boolean>): Promise<void> {
    await eventually(async () => ((await holds()) ? true : null))
    await new Promise((resolve) => setTimeout(resolve, 300))
    clock.leap(10_000)
  }
})

async function rowOf(client: Client, id: string) {
  return await eventually(async () => {
    const { data } = await client.post<{ call: { status: string } | null }>(
      'query ($id: ID!) { call(id: $id) { status } }',
      { id },
    )
    return data?.call && data.call.status !== 'RUNNING' ? data.call : null
  })
}
