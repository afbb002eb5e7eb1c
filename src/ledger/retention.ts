import type postgres from 'postgres'
import type { KeepFor, RetentionSettings } from '../core/settings.ts'
import type { Database } from '../database/database.ts'
import { LOCKS } from '../database/locks.ts'
import { dropPartitions, type PartitionedTable } from '../database/partitions.ts'
import { timestamp } from '../database/row-arrays.ts'
import { transaction } from '../database/transaction.ts'

/** Which rule each partitioned table is kept by. */
const RULES = { call: 'calls', attempt: 'calls', payload: 'payloads' } as const satisfies Record<
  PartitionedTable,
  keyof RetentionSettings
>

/**
 * Drops the partitions all of whose rows are older than what is kept. Any replica may; where another is at it, this one
 * leaves it be. Calls are not dropped before their days are summed up: rollups stay when their calls are gone.
 * @param now milliseconds since 1970
 * @returns the names of what was dropped
 */
export async function dropExpired(database: Database, retention: RetentionSettings, now: number): Promise<string[]> {
  return await transaction(database.sql, async (tx) => {
    const [lock] = await tx<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${LOCKS.rollups}::bigint) as mine`
    if (!lock?.mine) return []
    // Whoever waits for a table's lock makes all others wait behind it: better to come again later.
    await tx`set local lock_timeout = '2s'`
    const dropped: string[] = []
    for (const [table, rule] of Object.entries(RULES) as [PartitionedTable, keyof RetentionSettings][]) {
      const keep = retention[rule]
      if (keep === null) continue
      const before = startOf(keep, now)
      const until = rule === 'calls' ? Math.min(before, await summedUpUntil(tx)) : before
      const { names, end } = await dropPartitions(tx, table, until)
      dropped.push(...names)
      if (table === 'call' && end !== null) await forgetCalls(tx, end)
    }
    return dropped
  })
}

/** The time from which on things are kept. */
function startOf({ count, unit }: KeepFor, now: number): number {
  const date = new Date(now)
  if (unit === 'days') date.setUTCDate(date.getUTCDate() - count)
  else date.setUTCMonth(date.getUTCMonth() - count)
  return date.getTime()
}

/** The start of the first day that is not summed up, or that changed since. */
async function summedUpUntil(tx: postgres.TransactionSql): Promise<number> {
  const [row] = await tx<{ until_ms: string | null }[]>`
    select extract(epoch from least(
      (select at from usage_progress where name = 'compacted'), (select min(day) from usage_late)
    )) * 1000 as until_ms`
  return Number(row?.until_ms ?? 0)
}

/** Says from when on calls are there, and drops what belongs to those that are gone. */
async function forgetCalls(tx: postgres.TransactionSql, end: number): Promise<void> {
  const at = timestamp(end)
  await tx`update usage_progress set at = greatest(at, ${at}::timestamptz) where name = 'kept'`
  await tx`delete from rating where call_created_at < ${at}::timestamptz`
  await tx`delete from idempotency where call_created_at < ${at}::timestamptz`
}
