import type postgres from 'postgres'
import type { TimeRange } from '../../core/time-range.ts'
import type { Database } from '../../database/database.ts'
import { LOCKS } from '../../database/locks.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { ceilMonth, DAY_MS, floorDay, floorHour, floorMonth, HOUR_MS } from './calendar.ts'
import { COMPACT_DAY, COMPACT_MONTH, COMPACT_RECENT } from './compaction-sql.ts'

/** For how long after its end an hour is left alone: most of its calls have ended by then. */
const GRACE_MS = HOUR_MS
/** For how long rows by hour are kept: a range of the last month begins within a day of which they are read. */
const RECENT_MS = 40 * DAY_MS

/**
 * Sums up the days and hours that are over, and those days again whose calls changed since. Any replica may; where another is at it,
 * this one leaves it be.
 * @param now milliseconds since 1970
 * @param signal ends it after the day that it is at
 * @returns how many days were summed up
 */
export async function compactUsage(database: Database, now: number, signal?: AbortSignal): Promise<number> {
  await closeHours(database.sql, floorHour(now - GRACE_MS))
  let days = 0
  while (!signal?.aborted && (await transaction(database.sql, compactNext))) days += 1
  if (!signal?.aborted) await transaction(database.sql, compactHours)
  return days
}

/**
 * From here on whoever changes a call of these hours leaves a mark. It waits for those that did not know yet (they hold
 * the row), so what is summed up later has their changes.
 */
async function closeHours(sql: postgres.Sql, until: number): Promise<void> {
  const at = timestamp(until)
  const [behind] = await sql`select from usage_progress where name = 'closed' and at < ${at}::timestamptz`
  if (!behind) return
  await transaction(sql, async (tx) => {
    await tx`set local lock_timeout = '5s'`
    await tx`update usage_progress set at = ${at}::timestamptz where name = 'closed' and at < ${at}::timestamptz`
  })
}

/** Sums up one more day; false where there is none, or another replica is at it. */
async function compactNext(tx: postgres.TransactionSql): Promise<boolean> {
  return (await begin(tx)) && ((await compactNewDay(tx)) || (await compactLateDay(tx)))
}

/** False where another replica is at it. */
async function begin(tx: postgres.TransactionSql): Promise<boolean> {
  const [lock] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${LOCKS.rollups}::bigint) as mine`
  if (!lock?.mine) return false
  await prepareCompaction(tx)
  return true
}

/** What the statements that sum up need of a transaction. */
export async function prepareCompaction(tx: postgres.TransactionSql): Promise<void> {
  await tx`set local work_mem = '64MB'`
  // Compiling these statements takes longer than running them.
  await tx`set local jit = off`
  // How many rows there are half-way can't be known ahead, and a loop over too many takes the square of them.
  await tx`set local enable_nestloop = off`
}

async function compactNewDay(tx: postgres.TransactionSql): Promise<boolean> {
  const progress = await progressOf(tx)
  const [closed, compacted] = [floorDay(progress.closed), floorDay(progress.compacted)]
  if (compacted >= closed) return false
  const next = await nextDay(tx, compacted, closed)
  const until = next === null ? closed : next + DAY_MS
  await forgetHours(tx, closed - RECENT_MS)
  if (next !== null) {
    const marks = await marksOf(tx, next, null)
    await compactDay(tx, await projectsOf(tx, next, until), next)
    await forget(tx, marks)
  }
  for (const month of new Set([floorMonth(compacted), floorMonth(next ?? compacted)])) {
    const end = ceilMonth(month + 1)
    if (end <= until) await compactMonth(tx, await projectsOf(tx, month, end), month)
  }
  await setProgress(tx, 'compacted', until)
  return next !== null
}

/** Sums up the hours that are over of the day that is not. */
async function compactHours(tx: postgres.TransactionSql): Promise<void> {
  if (!(await begin(tx))) return
  const { closed, compacted } = await progressOf(tx)
  if (compacted >= closed || floorDay(compacted) < floorDay(closed)) return
  await makeHours(tx, await projectsOf(tx, compacted, closed), { from: compacted, to: closed })
  await setProgress(tx, 'compacted', closed)
}

/** What changed in days whose calls may be gone stays as it was summed up. */
async function compactLateDay(tx: postgres.TransactionSql): Promise<boolean> {
  await tx`delete from usage_late where day < (select at from usage_progress where name = 'kept')`
  const [late] = await tx<{ project_id: string; day_ms: string }[]>`
    select project_id, extract(epoch from day) * 1000 as day_ms from usage_late order by id limit 1`
  if (!late) return false
  const day = Number(late.day_ms)
  const projects = [late.project_id]
  const marks = await marksOf(tx, day, late.project_id)
  const { compacted } = await progressOf(tx)
  if (day < floorDay(compacted)) await compactDay(tx, projects, day)
  else await makeHours(tx, projects, { from: day, to: compacted })
  if (ceilMonth(floorMonth(day) + 1) <= compacted) await compactMonth(tx, projects, floorMonth(day))
  await forget(tx, marks)
  return true
}

/** Sums up a day of some projects from their calls. */
export async function compactDay(tx: postgres.TransactionSql, projects: readonly string[], day: number): Promise<void> {
  const bound = [textArray(projects), timestamp(day), timestamp(day + DAY_MS)]
  await clear(tx, "grain in ('HOUR', 'DAY')", bound)
  await tx.unsafe(COMPACT_DAY, bound)
  const { recent } = await progressOf(tx)
  if (day >= recent) await makeHours(tx, projects, { from: day, to: day + DAY_MS })
}

async function makeHours(
  tx: postgres.TransactionSql,
  projects: readonly string[],
  { from, to }: TimeRange,
): Promise<void> {
  const bound = [textArray(projects), timestamp(from), timestamp(to)]
  await clear(tx, "grain = 'RECENT'", bound)
  await tx.unsafe(COMPACT_RECENT, bound)
}

/** Takes away what there is of some projects ($1) from $2 to $3. */
async function clear(tx: postgres.TransactionSql, grains: string, bound: string[]): Promise<void> {
  for (const table of ['usage_rollup', 'usage_named']) {
    await tx.unsafe(
      `delete from ${table} where project_id = any($1::uuid[]) and ${grains}
         and period >= $2::timestamptz and period < $3::timestamptz`,
      bound,
    )
  }
}

/** Rows by hour are for the last weeks only. */
async function forgetHours(tx: postgres.TransactionSql, until: number): Promise<void> {
  await tx`delete from usage_rollup where grain = 'RECENT' and period < ${timestamp(until)}::timestamptz`
  await tx`delete from usage_named where grain = 'RECENT' and period < ${timestamp(until)}::timestamptz`
  await setProgress(tx, 'recent', until)
}

/** Sums up a month of some projects from its days, all of which are summed up. */
export async function compactMonth(
  tx: postgres.TransactionSql,
  projects: readonly string[],
  month: number,
): Promise<void> {
  const bound = [textArray(projects), timestamp(month), timestamp(ceilMonth(month + 1))]
  await tx.unsafe(
    `delete from usage_rollup where project_id = any($1::uuid[]) and grain = 'MONTH' and period = $2::timestamptz`,
    bound.slice(0, 2),
  )
  await tx.unsafe(COMPACT_MONTH, bound)
}

type ProgressName = 'closed' | 'compacted' | 'recent'

async function progressOf(tx: postgres.TransactionSql): Promise<Record<ProgressName, number>> {
  const rows = await tx<{ name: string; at_ms: string }[]>`
    select name, extract(epoch from at) * 1000 as at_ms from usage_progress`
  const at = (name: ProgressName) => Number(rows.find((row) => row.name === name)?.at_ms ?? 0)
  return { closed: at('closed'), compacted: at('compacted'), recent: at('recent') }
}

async function setProgress(tx: postgres.TransactionSql, name: ProgressName, at: number): Promise<void> {
  await tx`update usage_progress set at = greatest(at, ${timestamp(at)}::timestamptz) where name = ${name}`
}

/** The first day from `from` on that has calls. */
async function nextDay(tx: postgres.TransactionSql, from: number, to: number): Promise<number | null> {
  const [first] = await tx<{ hour_ms: string | null }[]>`
    select extract(epoch from min(hour)) * 1000 as hour_ms from usage_hourly
    where hour >= ${timestamp(from)}::timestamptz and hour < ${timestamp(to)}::timestamptz`
  return first?.hour_ms == null ? null : floorDay(Number(first.hour_ms))
}

async function projectsOf(tx: postgres.TransactionSql, from: number, to: number): Promise<string[]> {
  const rows = await tx<{ project_id: string }[]>`
    select distinct project_id from usage_hourly
    where hour >= ${timestamp(from)}::timestamptz and hour < ${timestamp(to)}::timestamptz`
  return rows.map((row) => row.project_id)
}

/** Those that there are before the calls are read; what comes later keeps its mark. */
async function marksOf(tx: postgres.TransactionSql, day: number, projectId: string | null): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    select id from usage_late where day = ${timestamp(day)}::timestamptz
      and (project_id = ${projectId}::uuid or ${projectId}::uuid is null)`
  return rows.map(({ id }) => id)
}

async function forget(tx: postgres.TransactionSql, marks: readonly string[]): Promise<void> {
  if (marks.length > 0) await tx`delete from usage_late where id = any(${textArray(marks)}::int8[])`
}
