import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProject } from '../../src/access/project.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { DatabaseSettings } from '../../src/core/settings.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { describeDatabases } from '../support/database.ts'
import { type FlakyProxy, flakyProxy } from '../support/flaky-proxy.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import { newSeed, seeded } from '../support/seeded.ts'
import { newId, quiet, SOUND_COST, soundCall } from './sample-calls.ts'

const ROUNDS = { embedded: 3, postgres: 21 } as const
const BOUND = 1_000_000_000n
const LONGEST_LIFE_MS = 250
const SUBJECT = fileURLToPath(new URL('./kill-subject.ts', import.meta.url))

/** A moment at which a process dies: by chance, as it sends a commit, or as the answer to one is on its way to it. */
const MOMENTS = ['by chance', 'commit sent', 'commit answered'] as const

interface Row {
  readonly id: string
  readonly project_id: string
  readonly status: string
  readonly cost: string
}

describeDatabases('a process that is killed', (suite) => {
  let proxy: FlakyProxy | null = null
  let settings: DatabaseSettings
  let limited: string
  let free: string
  beforeAll(async () => {
    settings = suite.settings()
    if (settings.type === 'postgres') {
      const url = new URL(settings.url)
      proxy = await flakyProxy({ host: url.hostname, port: Number(url.port || 5432) })
      url.host = `127.0.0.1:${proxy.port}`
      url.searchParams.set('application_name', 'killed')
      settings = { ...settings, url: url.href }
    }
    limited = (await createProject(suite.database(), newId())).id
    free = (await createProject(suite.database(), newId())).id
    for (const unit of ['USD', 'CONCURRENT_CALLS'] as const) {
      const scope = { type: 'project' } as const
      await setQuota(suite.database(), { projectId: limited, scope, unit, window: 'TOTAL', limit: 10n ** 18n })
    }
    // Only one process at a time has the files of the embedded database.
    if (suite.kind === 'embedded') await suite.database().close()
  })
  afterAll(() => proxy?.close())

  it('leaves no settled call without its row, no reservation behind, and nothing counted twice', async () => {
    const seed = newSeed()
    const random = seeded(seed)
    const printed = new Map<string, string>()
    let next = subject([settings, limited, free])
    for (let round = 0; round < ROUNDS[suite.kind]; round += 1) {
      const child = await next
      await killed(child, { moment: momentOf(round), proxy, lifeMs: random() * LONGEST_LIFE_MS })
      for (const [event, id] of child.events()) printed.set(id, event)
      // Only one process at a time has the files of the embedded database.
      if (proxy) next = subject([settings, limited, free])
      await within(async (database) => {
        if (proxy) await backendsGone(database)
        await expectAllInOrder(database, printed, `round ${round} of TEST_SEED=${seed}`)
      })
      if (!proxy) next = subject([settings, limited, free])
    }
    await killed(await next, { moment: 'by chance', proxy, lifeMs: 0 })
    const settled = [...printed.values()].filter((event) => event !== 'settling')
    expect(settled.length).toBeGreaterThanOrEqual(ROUNDS[suite.kind])
    await within((database) => expectNothingTwice(database, `TEST_SEED=${seed}`))
  }, 240_000)

  const momentOf = (round: number) => (proxy && MOMENTS[round % MOMENTS.length]) || 'by chance'

  async function within(work: (database: Database) => Promise<void>): Promise<void> {
    const database = await openDatabase(suite.settings())
    try {
      await work(database)
    } finally {
      await database.close()
    }
  }

  /** What a process may do that was only held up, or that reads back what another one had put on disk. */
  async function expectNothingTwice(database: Database, where: string): Promise<void> {
    const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
    await writer.sweep(Date.now() + 120_000)
    const rows = (await rowsOf(database)).filter(({ project_id }) => project_id === free)
    const again = rows.map(({ id, status }) =>
      soundCall({ id, projectId: free, status: status === 'FAILED' ? 'FAILED' : 'SUCCEEDED' }),
    )
    await Promise.all(again.map(writer.settle))
    await writer.close()
    const cost = BigInt(rows.length) * SOUND_COST
    expect(await totalOf(database, free), where).toMatchObject({ calls: rows.length, cost })
    await expectSoundLedger(database)
  }

  /** After the leases of those that were under way ran out. */
  async function expectAllInOrder(database: Database, printed: ReadonlyMap<string, string>, where: string) {
    const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
    await writer.sweep(Date.now() + 120_000)
    await writer.close()
    const rows = await rowsOf(database)
    const statusOf = new Map(rows.map(({ id, status }) => [id, status]))
    const lost = [...printed].filter(([id, event]) => event !== 'settling' && statusOf.get(id) !== event)
    expect(lost, where).toEqual([])
    // With a quota a call has its row before it begins.
    const ended = new Set(['SUCCEEDED', 'FAILED', 'ABANDONED'])
    expect(
      rows.filter(({ status }) => !ended.has(status)),
      where,
    ).toEqual([])
    const wrong = rows.filter((row) => BigInt(row.cost) !== costOf(row))
    expect(wrong, where).toEqual([])
    const used = { [limited]: 0n, [free]: 0n }
    for (const project of [limited, free]) {
      const mine = rows.filter(({ project_id }) => project_id === project)
      const cost = mine.reduce((sum, row) => sum + BigInt(row.cost), 0n)
      used[project] = cost
      const failed = mine.filter(({ status }) => status !== 'SUCCEEDED').length
      expect(await totalOf(database, project), where).toMatchObject({ calls: mine.length, failed, cost })
    }
    const quotas = await ledgerReader(database).quotas(limited, null)
    const byUnit = Object.fromEntries(quotas.map(({ unit, used, reserved }) => [unit, { used, reserved }]))
    expect(byUnit, where).toEqual({
      USD: { used: used[limited], reserved: 0n },
      CONCURRENT_CALLS: { used: 0n, reserved: 0n },
    })
  }

  /** The bound that was reserved, for those whose process died. */
  function costOf({ status, project_id }: Row): bigint {
    if (status !== 'ABANDONED') return SOUND_COST
    return project_id === limited ? BOUND : 0n
  }
})

function rowsOf(database: Database): Promise<Row[]> {
  return database.sql<Row[]>`
    select id, project_id, status, cost_input + cost_cached_input + cost_cache_write + cost_output as cost
    from call order by id`
}

async function totalOf(database: Database, projectId: string) {
  const range = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 }
  const filter = { status: [], provider: [], model: [], tags: [], endUser: null }
  const { total } = await ledgerReader(database).usage(projectId, { range, groupBy: [], interval: null, filter })
  return total
}

/** The server may still be carrying out what a process sent that is dead by now. */
async function backendsGone(database: Database): Promise<void> {
  const gone = async () => {
    const rows = await database.sql`
      select from pg_stat_activity
      where datname = current_database() and application_name = 'killed' and state <> 'idle'`
    return rows.length
  }
  await expect.poll(gone, { timeout: 10_000 }).toBe(0)
}

interface Subject {
  readonly process: ChildProcess
  /** What it has printed so far: what happened to which call. */
  events(): readonly (readonly [event: string, id: string])[]
}

/** Starts one, which waits to be told to begin. */
async function subject(args: readonly unknown[]): Promise<Subject> {
  const child = spawn(process.execPath, [SUBJECT, JSON.stringify(args)], { stdio: ['pipe', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  await once(child.stdout, 'data')
  const events = () => [...printed.matchAll(/^(\w+) (\S+)\n/gm)].map(([, event = '', id = '']) => [event, id] as const)
  return { process: child, events }
}

async function killed(
  { process: child, events }: Subject,
  how: { readonly moment: (typeof MOMENTS)[number]; readonly proxy: FlakyProxy | null; readonly lifeMs: number },
): Promise<void> {
  const { moment, proxy, lifeMs } = how
  const closed = once(child, 'close')
  child.stdin?.write('go\n')
  await expect.poll(() => events().some(([event]) => event !== 'settling'), { timeout: 20_000, interval: 5 }).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, lifeMs))
  const kill = () => void child.kill('SIGKILL')
  if (moment === 'by chance' || !proxy) kill()
  else proxy.interrupt('commit', moment === 'commit sent' ? 'sent' : 'answered', kill)
  await closed
}
