import { parseArgs } from 'node:util'
import type postgres from 'postgres'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { transaction } from '../../../src/database/transaction.ts'
import { ceilMonth } from '../../../src/ledger/usage/calendar.ts'
import { compactDay, compactMonth, compactUsage, prepareCompaction } from '../../../src/ledger/usage/compaction.ts'
import { ROLLUP_KINDS } from '../../../src/ledger/usage/rollup-kinds.ts'
import { ROLLUP_COLUMNS, ROLLUP_TABLES, rollupOf } from '../../../src/ledger/usage/rollup-sql.ts'
import { ATTEMPTS_OF_RANGE, callsOfDay, KEYS_OF_A_PROJECT, PROJECTS, seedId } from './seed-sql.ts'

/** Fills an empty database with a year of calls, and rolls them up as production does. */

const DAY_MS = 86_400_000
const AT_ONCE = 2

const { values: flags } = parseArgs({
  options: {
    database: { type: 'string' },
    calls: { type: 'string', default: '10000000' },
    months: { type: 'string', default: '12' },
    /** For the calls of how many last days there are attempts too. */
    attempts: { type: 'string', default: '31' },
    /** When the year ends. A work day's evening is the hardest: most of what a report cuts off is read then. */
    until: { type: 'string', default: new Date().toISOString() },
    /** Goes on where the calls are there and only days are to be summed up. */
    resume: { type: 'boolean', default: false },
  },
})

interface Day {
  readonly from: number
  readonly to: number
  readonly calls: number
}

const started = performance.now()
const say = (line: string) =>
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${line}\n`)
const timestamp = (ms: number) => new Date(ms).toISOString()

if (!flags.database) throw new Error('Say which (empty) database: --database=postgres://…')
const database = await openDatabase({ type: 'postgres', url: flags.database, connections: 4 })
try {
  await seed(database, Date.parse(flags.until))
} finally {
  await database.close()
}

async function seed(open: Database, now: number): Promise<void> {
  if (!flags.resume) await fill(open, now)
  await compactMonths(open, now)
  say('summing the last days up')
  const watching = setInterval(() => void tellProgress(open), 15_000)
  await compactUsage(open, now)
  clearInterval(watching)
  for (const table of ['call', 'usage_hourly', 'usage_rollup', 'usage_named', 'attempt', 'project', 'api_key']) {
    await open.sql.unsafe(`vacuum (analyze) ${table}`)
  }
  await check(open)
}

/** Sums up all months but the last two as the job of production would, but two of them at a time. */
async function compactMonths(open: Database, now: number): Promise<void> {
  const end = monthsBefore(now, 1)[0] ?? now
  const [progress] = await open.sql<{ ms: string }[]>`
    select extract(epoch from at) * 1000 as ms from usage_progress where name = 'compacted'`
  // No hours are made that the job would forget again at once.
  await open.sql`update usage_progress set at = ${timestamp(end)}::timestamptz where name = 'recent'`
  const queue = monthsBefore(now, Number(flags.months)).filter((month) => month < end && month >= Number(progress?.ms))
  const projects = Array.from({ length: PROJECTS }, (_, project) => seedId(`project ${project}`))
  const worker = async () => {
    for (let month = queue.shift(); month !== undefined; month = queue.shift()) {
      for (let day = month; day < ceilMonth(month + 1); day += DAY_MS) {
        await compacting(open, (tx) => compactDay(tx, projects, day))
      }
      await compacting(open, (tx) => compactMonth(tx, projects, month))
      say(`${timestamp(month).slice(0, 7)} is summed up`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  await open.sql`update usage_progress set at = greatest(at, ${timestamp(end)}::timestamptz) where name in ('closed', 'compacted')`
}

function compacting(open: Database, work: (tx: postgres.TransactionSql) => Promise<void>): Promise<void> {
  return transaction(open.sql, async (tx) => {
    await prepareCompaction(tx)
    await work(tx)
  })
}

async function fill(open: Database, now: number): Promise<void> {
  const months = monthsBefore(now, Number(flags.months))
  // Partitions for what is to come are made by the migration, those of the past here, when they are filled.
  await migrate(open, { now: () => now, monotonic: () => performance.now(), after: () => () => {} })
  await makeProjects(open, months[0] ?? now)
  const days = daysOf(months[0] ?? now, now, Number(flags.calls))
  const queue = [...months]
  const worker = async () => {
    for (let month = queue.shift(); month !== undefined; month = queue.shift()) await fillMonth(open, month, days)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  say('calls and the hourly rollup are there; counting tables for the planner')
  await open.sql.unsafe('analyze call')
  const from = now - Number(flags.attempts) * DAY_MS
  await open.sql.unsafe(ATTEMPTS_OF_RANGE, [timestamp(from), timestamp(now)])
  say('attempts are there')
}

function monthsBefore(now: number, count: number): number[] {
  const date = new Date(now)
  return Array.from({ length: count + 1 }, (_, at) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - count + at))
}

/** Work days have twice the calls of the others, and the last day as much of its share as it has gone by. */
function daysOf(from: number, now: number, calls: number): Day[] {
  const days: Day[] = []
  for (let at = from; at < now; at += DAY_MS) days.push({ from: at, to: Math.min(at + DAY_MS, now), calls: 0 })
  const weights = days.map(
    (day) => (([0, 6].includes(new Date(day.from).getUTCDay()) ? 1 : 2) * (day.to - day.from)) / DAY_MS,
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return days.map((day, at) => ({ ...day, calls: Math.round((calls * (weights[at] ?? 0)) / total) }))
}

async function makeProjects(open: Database, at: number): Promise<void> {
  for (let project = 0; project < PROJECTS; project++) {
    const id = seedId(`project ${project}`)
    await open.sql`insert into project (id, name, created_at) values (${id}, ${`seed-${project}`}, ${timestamp(at)})`
    for (let key = 0; key < KEYS_OF_A_PROJECT; key++) {
      const keyId = seedId(`project ${project} key ${key}`)
      await open.sql`
        insert into api_key (id, project_id, name, hash, prefix, scopes, created_at)
        values (${keyId}, ${id}, ${`key ${key}`}, ${keyId}, ${`sy_seed_${project}_${key}`}, '{read}', ${timestamp(at)})`
    }
  }
}

/** A month is filled before it becomes a partition: its indexes are then built at once, which is much faster. */
async function fillMonth(open: Database, month: number, days: readonly Day[]): Promise<void> {
  const end = ceilMonth(month + 1)
  const name = timestamp(month).slice(0, 7).replace('-', '_')
  const mine = days.filter(({ from }) => from >= month && from < end)
  const [current] = await open.sql`select from pg_class where relname = ${`call_${name}`}`
  if (current) await open.sql.unsafe(`alter table call detach partition call_${name}`)
  else await open.sql.unsafe(`create table call_${name} (like call including defaults)`)
  for (const day of mine) {
    await open.sql.unsafe(callsOfDay(`call_${name}`), [
      String(day.calls),
      timestamp(day.from),
      String(day.to - day.from),
    ])
  }
  const bounds = `for values from ('${timestamp(month)}') to ('${timestamp(end)}')`
  await open.sql.unsafe(`alter table call attach partition call_${name} ${bounds}`)
  if (!current) {
    await open.sql.unsafe(`create table attempt_${name} partition of attempt ${bounds}`)
  }
  // Else the planner takes it for empty, and its plans for the rollup take as long as the square of its rows.
  await open.sql.unsafe(`analyze call_${name}`)
  for (const day of mine) {
    const calls = `(select * from call where created_at >= $1::timestamptz and created_at < $2::timestamptz) as made`
    await open.sql.unsafe(
      `insert into ${ROLLUP_TABLES.coarse} (${ROLLUP_COLUMNS.join(', ')}) ${rollupOf('coarse', calls)}`,
      [timestamp(day.from), timestamp(day.to)],
    )
  }
  say(`${name}: ${mine.reduce((sum, day) => sum + day.calls, 0)} calls`)
}

async function tellProgress(open: Database): Promise<void> {
  const [row] = await open.sql<{ at: string }[]>`select at::text as at from usage_progress where name = 'compacted'`
  say(`summed up until ${row?.at}`)
}

/** The sums over calls are those of every rollup. */
async function check(open: Database): Promise<void> {
  const closed = `(select date_trunc('day', at, 'UTC') from usage_progress where name = 'compacted')`
  const kinds = ROLLUP_KINDS.filter(({ of, grains }) => of === 'ALL' && grains.includes('DAY')).map(({ name }) => name)
  const sums = 'sum(calls)::text as calls, sum(cost)::text as cost, sum(input_tokens)::text as tokens'
  const [calls] = await open.sql.unsafe(`
    select count(*)::text as calls, sum(cost_input::numeric + cost_cached_input + cost_cache_write + cost_output)::text as cost,
      sum(input_tokens)::text as tokens from call where status <> 'RUNNING' and created_at < ${closed}`)
  const [hourly] = await open.sql.unsafe(`select ${sums} from usage_hourly where hour < ${closed}`)
  const rollups = await open.sql.unsafe(
    `select kind, ${sums} from usage_rollup where grain = 'DAY' and kind = any($1::text[]) group by kind`,
    [`{${kinds.join(',')}}`],
  )
  for (const [name, found] of [['usage_hourly', hourly], ...rollups.map((row) => [row.kind, row])]) {
    const same = ['calls', 'cost', 'tokens'].every((field) => found[field] === calls?.[field])
    say(
      `${name}: ${same ? 'equals the calls' : `DIFFERS: ${JSON.stringify(found)} where the calls have ${JSON.stringify(calls)}`}`,
    )
    if (!same) process.exitCode = 1
  }
  const sizes = await open.sql.unsafe(`
    select name, pg_size_pretty(sum(pg_total_relation_size(oid))) as size, sum(rows)::int8 as rows from (
      select oid, reltuples as rows, regexp_replace(relname, '_(\\d{4}_\\d{2}|default)$', '') as name from pg_class
      where relkind = 'r' and relname ~ '^(call|attempt|usage)_'
    ) as tables group by name order by name`)
  for (const { name, size, rows } of sizes) say(`${name}: ${rows} rows, ${size}`)
}
