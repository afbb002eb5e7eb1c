import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findProject } from '../../src/access/project.ts'
import { systemClock } from '../../src/core/clock.ts'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { describePostgres } from '../support/database.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import { newSeed, seeded } from '../support/seeded.ts'
import type { Completion } from './answers.ts'
import { type Client, clientOf } from './client.ts'
import { lineTo } from './line.ts'
import { picodollars } from './money.ts'
import { present } from './present.ts'
import { type Started, start } from './process.ts'
import { priced, together } from './settings.ts'

const ROUNDS = 4
const CALLERS = 12
const LONGEST_LIFE_MS = 600
const KEY = 'sy_killed_replica_0000000000'
const MODEL = 'sim/gpt-5-mini+words=8'
const LONG = 'sim/gpt-5-mini+words=400'
const INPUT = { model: MODEL, prompt: 'Hi', maxOutputTokens: 100 }

/** What a client was told of a call. */
type Answer = Pick<Completion, 'callId' | 'cost'>

describePostgres('a replica that is killed under load', (suite) => {
  let simulator: Simulator
  let folder: string
  beforeAll(async () => {
    simulator = await startSimulator({ chunkDelayMs: 1 })
    folder = await mkdtemp(join(tmpdir(), 'switchyard-kill-'))
    const sim = { driver: 'openai-compatible', baseUrl: `${simulator.url}/openai/v1`, pricedAs: 'openai' }
    const providers = { sim: { ...sim, apiKeys: ['env:SIM_KEY'] } }
    await writeFile(
      join(folder, 'config.json'),
      JSON.stringify({ providers, models: together([priced(MODEL), priced(LONG)]), simulator: 'never' }),
    )
  })
  afterAll(async () => {
    await simulator.close()
    await rm(folder, { recursive: true })
  })

  function databaseUrl(): string {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('This needs a Postgres server')
    return settings.url
  }

  function replica(url = databaseUrl()): Promise<Started> {
    return start({
      DATABASE_URL: url,
      SWITCHYARD_CONFIG: join(folder, 'config.json'),
      SWITCHYARD_DATA_DIR: folder,
      SWITCHYARD_API_KEY: KEY,
      SIM_KEY: 'sk-test-good-0000',
    })
  }

  it('has a row for each answer that a client got, and settles the others at their bound', async () => {
    const seed = newSeed()
    const random = seeded(seed)
    const answers: Answer[] = []
    let next = replica()
    let projectId = ''
    for (let round = 0; round < ROUNDS; round += 1) {
      const running = await next
      if (round + 1 < ROUNDS) next = replica()
      const project = present(await findProject(suite.database(), 'default'))
      projectId = project.id
      for (const unit of ['USD', 'CONCURRENT_CALLS'] as const) {
        const scope = { type: 'project' } as const
        await setQuota(suite.database(), { projectId, scope, unit, window: 'TOTAL', limit: 10n ** 15n })
      }
      const client = clientOf(`${new URL('/graphql', running.url)}`, KEY)
      const before = answers.length
      const callers = Array.from({ length: CALLERS }, (_, index) => callAlways(client, index % 3 === 0, answers))
      await expect.poll(() => answers.length, { timeout: 20_000, interval: 10 }).toBeGreaterThan(before)
      await new Promise((resolve) => setTimeout(resolve, random() * LONGEST_LIFE_MS))
      running.signal('SIGKILL')
      await running.ended()
      await Promise.all(callers)
    }
    await expectAllInOrder(projectId, answers, `TEST_SEED=${seed}`)
  }, 120_000)

  it('while the database is away leaves what was paid for on disk, and the next one writes it once', async () => {
    const line = await lineTo(databaseUrl())
    const spool = join(folder, 'spool')
    const first = await replica(line.url)
    const client = clientOf(`${new URL('/graphql', first.url)}`, KEY)
    const input = { ...INPUT, model: LONG, maxOutputTokens: 2_000 }
    const streams = await Promise.all(Array.from({ length: 6 }, () => client.stream(input)))
    const begun = await Promise.all(streams.map((stream) => stream.until('TextDelta')))
    const ids = begun.map(({ callId }) => callId)
    line.cut()
    for (const stream of streams) stream.all().catch(() => {})
    const texts = async () => Promise.all((await readdir(spool)).map((name) => readFile(join(spool, name), 'utf8')))
    const settled = async () => (await texts()).join('').split('"status":"SUCCEEDED"').length - 1
    await expect.poll(() => settled().catch(() => 0), { timeout: 30_000 }).toBe(ids.length)
    first.signal('SIGKILL')
    await first.ended()
    line.mend()
    // As it is half a minute later.
    for (const name of await readdir(spool)) await utimes(join(spool, name), 1, 1)
    const next = await replica(line.url)
    const statuses = async () => {
      const rows = await suite.database().sql`select status from call where id = any(${`{${ids}}`}::uuid[])`
      return rows.map(({ status }) => status)
    }
    await expect.poll(statuses, { timeout: 30_000 }).toEqual(ids.map(() => 'SUCCEEDED'))
    await expect.poll(() => readdir(spool), { timeout: 30_000 }).toEqual([])
    next.signal('SIGTERM')
    expect(await next.ended()).toBe(0)
    await expectSoundLedger(suite.database())
    await line.close()
  }, 180_000)

  async function expectAllInOrder(projectId: string, answers: readonly Answer[], where: string): Promise<void> {
    const database = suite.database()
    const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
    // After the leases of those that were under way ran out.
    await writer.sweep(Date.now() + 120_000)
    await writer.close()
    const rows = await database.sql<{ id: string; status: string; cost: string; attempts: number }[]>`
      select id, status, cost_input + cost_cached_input + cost_cache_write + cost_output as cost, attempts from call`
    const byId = new Map(rows.map((row) => [row.id, row]))
    const lost = answers.filter(({ callId, cost }) => {
      const row = byId.get(callId)
      return row?.status !== 'SUCCEEDED' || BigInt(row.cost) !== picodollars(present(cost.totalUsd))
    })
    expect(lost, where).toEqual([])
    expect(answers.length).toBeGreaterThan(ROUNDS)
    for (const row of rows) {
      expect(['SUCCEEDED', 'ABANDONED'], where).toContain(row.status)
      if (row.status === 'ABANDONED') expect(BigInt(row.cost), where).toBeGreaterThan(0n)
    }
    const cost = rows.reduce((sum, row) => sum + BigInt(row.cost), 0n)
    const quotas = await ledgerReader(database).quotas(projectId, null)
    const byUnit = Object.fromEntries(quotas.map(({ unit, used, reserved }) => [unit, { used, reserved }]))
    expect(byUnit, where).toEqual({ USD: { used: cost, reserved: 0n }, CONCURRENT_CALLS: { used: 0n, reserved: 0n } })
    await expectSoundLedger(database)
  }
})

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** Asks again and again until nobody is there any more, and notes what was answered. */
async function callAlways(client: Client, streams: boolean, answers: Answer[]): Promise<void> {
  try {
    while (true) answers.push(streams ? await streamed(client) : await client.answer(INPUT))
  } catch {
    // It was killed; what was under way has no answer.
  }
}

async function streamed(client: Client): Promise<Answer> {
  const stream = await client.stream(INPUT)
  const { completion } = await stream.until('CompletionFinished')
  return completion
}
