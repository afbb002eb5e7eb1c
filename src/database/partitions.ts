import type postgres from 'postgres'
import type { Database } from './database.ts'
import { transaction } from './transaction.ts'

const PARTITIONED = ['call', 'attempt'] as const
const MONTHS_AHEAD = 2
/** The key of the lock under which migrations and partitions are made, one process at a time. */
export const SCHEMA_LOCK = 7_953_766_001

/**
 * Makes the partitions of this month and the coming ones, where they are not there yet. Rows that the default
 * partition caught meanwhile move over. Safe on many replicas at once.
 * @param now milliseconds since 1970
 */
export async function ensurePartitions(database: Database, now: number): Promise<void> {
  for (const month of monthsFrom(now)) {
    for (const table of PARTITIONED) {
      if (!(await exists(database.sql, nameOf(table, month)))) await make(database.sql, table, month)
    }
  }
}

/** The first moments of the month of `now` and of those after it, in UTC. */
function monthsFrom(now: number): Date[] {
  const date = new Date(now)
  return Array.from(
    { length: MONTHS_AHEAD + 1 },
    (_, ahead) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + ahead)),
  )
}

function nameOf(table: string, month: Date): string {
  return `${table}_${month.toISOString().slice(0, 7).replace('-', '_')}`
}

async function exists(sql: postgres.Sql | postgres.TransactionSql, name: string): Promise<boolean> {
  // Read from the table itself: a look-up by name could come from a cache that is older than the lock.
  const rows = await sql`
    select from pg_class where relname = ${name} and relnamespace = current_schema()::regnamespace`
  return rows.length > 0
}

async function make(sql: postgres.Sql, table: string, month: Date): Promise<void> {
  const name = nameOf(table, month)
  const from = month.toISOString()
  const to = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1)).toISOString()
  await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${SCHEMA_LOCK}::bigint)`
    if (await exists(tx, name)) return
    // Attached rather than made in place: that locks the parent table less, so calls go on being written.
    await tx.unsafe(`create table "${name}" (like "${table}" including defaults)`)
    await tx.unsafe(
      `with moved as (delete from "${table}_default" where created_at >= '${from}' and created_at < '${to}' returning *)
       insert into "${name}" select * from moved`,
    )
    await tx.unsafe(`alter table "${table}" attach partition "${name}" for values from ('${from}') to ('${to}')`)
  })
}
