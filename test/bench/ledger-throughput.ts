import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createProject } from '../../src/access/project.ts'
import type { SettledCall } from '../../src/core/call.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Admission } from '../../src/core/ledger.ts'
import type { DatabaseSettings } from '../../src/core/settings.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { admit } from '../../src/ledger/quota/admission.ts'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { quotaBook } from '../../src/ledger/quota/quota-book.ts'
import { writeRecords } from '../../src/ledger/settlement/settlement.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { newId, quiet, soundCall } from '../ledger/sample-calls.ts'
import { durationsMs, quantile, ratePerSecond } from './measure.ts'

// What the ledger costs a call: group commit next to the same statements with one call in each. Nobody else may be busy
// on the machine; DATABASE_URL names an empty database on a server, and without it there is the embedded one alone.
const { values: flags } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } })
const SECONDS = Number(flags.seconds)
const CALLERS = 64
const CONNECTIONS = 10
const BOUND = { USD: 1_000_000_000n, TOKENS: null }

/** One way to write a call. */
interface Way {
  readonly name: string
  open(call: SettledCall): Promise<Admission>
  settle(call: SettledCall): Promise<void>
  close(): Promise<void>
}

function together(database: Database): Way {
  const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
  return { name: 'group commit', open: (call) => writer.open(call, BOUND), settle: writer.settle, close: writer.close }
}

/** Where no quota applies only the settlement is written, which is less than group commit writes. */
function oneByOne(database: Database): Way {
  const book = quotaBook(database, systemClock, 5_000)
  return {
    name: 'one by one',
    async open(call) {
      const quotas = await book.applying(call)
      if (quotas.length === 0) return { type: 'admitted', reservations: [] }
      const [admission] = await admit(database, [{ call, bound: BOUND, quotas }], 'first')
      if (!admission) throw new Error('There is an admission for each request')
      return admission
    },
    settle: (call) => writeRecords(database, [{ type: 'settled', call }]),
    close: async () => {},
  }
}

interface Samples {
  readonly openMs: number[]
  readonly settleMs: number[]
}

async function oneCall(way: Way, projectId: string, samples: Samples): Promise<void> {
  const call = soundCall({ projectId })
  const begun = performance.now()
  const admission = await way.open(call)
  const opened = performance.now()
  if (admission.type === 'refused') throw new Error('The quota is large enough for all')
  await way.settle({ ...call, reservations: admission.reservations })
  samples.openMs.push(opened - begun)
  samples.settleMs.push(performance.now() - opened)
}

async function connectionsOf(database: Database): Promise<number> {
  const [row] = await database.sql`
    select count(*) as n from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and query_start > now() - interval '1 s'`
  return Number(row?.n)
}

const say = (line = '') => process.stdout.write(`${line}\n`)
const ms = (samples: readonly number[], q: number) => quantile(samples, q).toFixed(2)

interface Measured {
  readonly rate: number
  readonly row: string
}

async function measure(database: Database, way: Way, projectId: string): Promise<Measured> {
  await ratePerSecond(() => oneCall(way, projectId, { openMs: [], settleMs: [] }), CALLERS, SECONDS / 2)
  const samples: Samples = { openMs: [], settleMs: [] }
  const before = process.cpuUsage()
  const rate = await ratePerSecond(() => oneCall(way, projectId, samples), CALLERS, SECONDS)
  const { user, system } = process.cpuUsage(before)
  const connections = await connectionsOf(database)
  const { openMs, settleMs } = samples
  const cells = [
    rate.toFixed(0),
    `${ms(openMs, 0.5)} / ${ms(openMs, 0.99)}`,
    `${ms(settleMs, 0.5)} / ${ms(settleMs, 0.99)}`,
    ((user + system) / settleMs.length).toFixed(0),
    connections === 0 ? '' : String(connections),
  ]
  return { rate, row: cells.join(' | ') }
}

/** One at a time, so that no other caller is waited for: what is left is what the admission itself takes. */
async function openingAlone(name: string, settings: DatabaseSettings): Promise<void> {
  const database = await openDatabase(settings)
  const way = together(database)
  const call = soundCall({ projectId: (await createProject(database, newId())).id })
  const samples = await durationsMs(() => way.open({ ...call, id: newId() }), 5_000)
  const [p50, p99] = [0.5, 0.99].map((q) => (quantile(samples, q) * 1_000).toFixed(1))
  say(`${name}: a call without a quota is let in within ${p50} µs (p50), ${p99} µs (p99)`)
  await way.close()
  await database.close()
}

async function bench(name: string, settings: DatabaseSettings): Promise<void> {
  for (const quotas of [false, true]) {
    let base = 0
    for (const make of [oneByOne, together]) {
      // A pool of its own for each, so that the connections of the one are not counted for the other.
      const database = await openDatabase(settings)
      await migrate(database)
      const { id: projectId } = await createProject(database, newId())
      const scope = { type: 'project' } as const
      if (quotas) await setQuota(database, { projectId, scope, unit: 'USD', window: 'DAY', limit: 10n ** 21n })
      const way = make(database)
      const { rate, row } = await measure(database, way, projectId)
      base ||= rate
      say(`| ${name} | ${quotas ? 'one' : 'none'} | ${way.name} | ${(rate / base).toFixed(1)} x | ${row} |`)
      await way.close()
      await database.close()
    }
  }
}

say(`Node ${process.version}, ${CALLERS} callers that each wait for the commit, ${SECONDS} s each, payloads off`)
say()
say(
  '| database | quotas | way | ratio | calls/s | open, ms p50 / p99 | settle, ms p50 / p99 | CPU, µs a call | connections |',
)
say('|---|---|---|---|---|---|---|---|---|')
const directory = mkdtempSync(join(tmpdir(), 'switchyard-bench-'))
const url = process.env.DATABASE_URL
const places: Readonly<Record<string, DatabaseSettings>> = {
  ...(url && { Postgres: { type: 'postgres', url, connections: CONNECTIONS } }),
  PGlite: { type: 'embedded', directory },
}
try {
  for (const [name, settings] of Object.entries(places)) await bench(name, settings)
  say()
  for (const [name, settings] of Object.entries(places)) await openingAlone(name, settings)
} finally {
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
