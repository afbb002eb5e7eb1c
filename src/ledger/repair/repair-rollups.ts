import type postgres from 'postgres'
import { transaction } from '../../database/transaction.ts'
import { compactedChecks } from '../check/compacted-check.ts'
import { ENDED } from '../check/ended-calls.ts'
import { rollupCheck } from '../check/rollup-checks.ts'
import { compactUsage } from '../usage/compaction.ts'
import { ROLLUP_COLUMNS, ROLLUP_TABLES, rollupOf } from '../usage/rollup-sql.ts'
import { noteRepair, type RepairScope, spansOf } from './repair-scope.ts'

const TABLE = ROLLUP_TABLES.coarse

/** The hours of a span that have a wrong row. */
const WRONG_HOURS = `
  select distinct split_part(key, ' ', 2) as hour from (${rollupCheck('coarse')}) as wrong order by hour`

/**
 * Adds wrong hours up anew from their calls, each in a transaction of its own. The rollup is locked against changes
 * before the calls are read: a settlement under way has either been seen, or adds itself afterwards.
 * @returns how many hours were wrong
 */
export async function repairHourly(scope: RepairScope): Promise<number> {
  let count = 0
  for (const span of await spansOf(scope)) {
    const hours = await scope.database.sql.unsafe<{ hour: string }[]>(WRONG_HOURS, [span.from, span.to])
    for (const { hour } of hours) {
      await transaction(scope.database.sql, (tx) => makeAnew(tx, scope, hour))
      count += 1
    }
  }
  return count
}

const SUMS = `
  select coalesce(sum(calls), 0)::text as calls, coalesce(sum(cost), 0)::text as cost, count(*)::text as rows
  from ${TABLE} where hour = $1::timestamptz`

async function makeAnew(tx: postgres.TransactionSql, { clock }: RepairScope, hour: string): Promise<void> {
  await tx.unsafe(`lock table ${TABLE} in exclusive mode`)
  const [before] = await tx.unsafe<Record<string, string>[]>(SUMS, [hour])
  const end = new Date(Date.parse(hour) + 3_600_000).toISOString()
  await tx.unsafe(`delete from ${TABLE} where hour = $1::timestamptz`, [hour])
  await tx.unsafe(
    `insert into ${TABLE} (${ROLLUP_COLUMNS.join(', ')}) select * from (${rollupOf('coarse', ENDED)}) as anew`,
    [hour, end],
  )
  const [after] = await tx.unsafe<Record<string, string>[]>(SUMS, [hour])
  const names = ['rows', 'calls', 'cost']
  const changes = names.map((name) => ({ path: name, before: before?.[name] ?? null, after: after?.[name] ?? null }))
  await noteRepair(tx, clock, `ledger/${TABLE}/${hour}`, changes)
}

/** The days, with their projects, of which something that the job summed up is wrong; a month stands for its first day. */
const WRONG_DAYS = `
  select distinct split_part(key, ' ', 1)::uuid as project_id,
    date_trunc('day', split_part(key, ' ', 4)::timestamptz, 'UTC') as day
  from (${compactedChecks().join(' union all ')}) as wrong`

/**
 * Marks wrong days, and days of wrong months, as changed and lets the job sum them up anew.
 * @returns how many days were wrong
 */
export async function repairCompacted(scope: RepairScope): Promise<number> {
  let count = 0
  for (const span of await spansOf(scope)) {
    count += await transaction(scope.database.sql, async (tx) => {
      const rows = await tx.unsafe<{ project_id: string; day: string }[]>(
        `insert into usage_late (project_id, day) select project_id, day from (${WRONG_DAYS}) as days
         returning project_id, day::text as day`,
        [span.from, span.to],
      )
      const changes = rows.map((row) => ({ path: row.project_id, before: null, after: row.day }))
      if (rows.length > 0) await noteRepair(tx, scope.clock, 'ledger/usage_rollup', changes)
      return rows.length
    })
  }
  if (count > 0) await compactUsage(scope.database, scope.clock.now())
  return count
}
