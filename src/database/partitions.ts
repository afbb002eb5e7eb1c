import type postgres from 'postgres'
import type { Database } from './database.ts'
import { LOCKS } from './locks.ts'
import { transaction } from './transaction.ts'

/** How long a partition is. */
type PartitionUnit = 'month' | 'day'

/** The tables that are partitioned by the time of the call, and how finely: the finer, the more exactly they end. */
const PARTITIONED = { call: 'month', attempt: 'month', payload: 'day' } as const satisfies Record<string, PartitionUnit>

export type PartitionedTable = keyof typeof PARTITIONED

/** How many partitions there are ahead of the present one. */
const AHEAD = 2

/**
 * Makes the partitions of this month or day and the coming ones, where they are not there yet. Rows that the default
 * partition caught meanwhile move over. Safe on many replicas at once.
 * @param now milliseconds since 1970
 */
export async function ensurePartitions(database: Database, now: number): Promise<void> {
  for (const [table, unit] of Object.entries(PARTITIONED)) {
    for (let ahead = 0; ahead <= AHEAD; ahead += 1) {
      const span = spanOf(unit, now, ahead)
      if (!(await exists(database.sql, nameOf(table, span)))) await make(database.sql, table, span)
    }
  }
}

/** A stretch of time in UTC, from, inclusive, to, exclusive, and what a partition of it is called. */
interface Span {
  readonly from: string
  readonly to: string
  readonly suffix: string
}

/** The month or day of `now`, or one of those after it. */
function spanOf(unit: PartitionUnit, now: number, ahead: number): Span {
  const date = new Date(now)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const start = (plus: number) =>
    new Date(unit === 'month' ? Date.UTC(year, month + plus) : Date.UTC(year, month, day + plus)).toISOString()
  const from = start(ahead)
  return { from, to: start(ahead + 1), suffix: from.slice(0, unit === 'month' ? 7 : 10).replaceAll('-', '_') }
}

/**
 * Drops the partitions of a table that end at or before a time, and what the default one has of that.
 * @param before milliseconds since 1970
 * @returns their names, and the end of the last of them; null where there is none
 */
export async function dropPartitions(
  tx: postgres.TransactionSql,
  table: PartitionedTable,
  before: number,
): Promise<{ readonly names: readonly string[]; readonly end: number | null }> {
  const rows = await tx<{ name: string }[]>`
    select child.relname as name from pg_inherits
    join pg_class as child on child.oid = inhrelid join pg_class as parent on parent.oid = inhparent
    where parent.relname = ${table} and parent.relnamespace = current_schema()::regnamespace order by child.relname`
  const expired = rows.flatMap(({ name }) => {
    const end = endOf(table, name)
    return end !== null && end <= before ? [{ name, end }] : []
  })
  for (const { name } of expired) await tx.unsafe(`drop table "${name}"`)
  const end = expired.at(-1)?.end ?? null
  if (end !== null) {
    await tx.unsafe(`delete from "${table}_default" where created_at < $1::timestamptz`, [new Date(end).toISOString()])
  }
  return { names: expired.map(({ name }) => name), end }
}

/** The first moment behind a partition, by its name; null for the default one. */
function endOf(table: PartitionedTable, name: string): number | null {
  const [year, month, day = 1, ...rest] = name
    .slice(table.length + 1)
    .split('_')
    .map(Number)
  if (year === undefined || month === undefined || rest.length > 0 || Number.isNaN(year + month + day)) return null
  return Date.parse(spanOf(PARTITIONED[table], Date.UTC(year, month - 1, day), 0).to)
}

function nameOf(table: string, { suffix }: Span): string {
  return `${table}_${suffix}`
}

async function exists(sql: postgres.Sql | postgres.TransactionSql, name: string): Promise<boolean> {
  // Read from the table itself: a look-up by name could come from a cache that is older than the lock.
  const rows = await sql`
    select from pg_class where relname = ${name} and relnamespace = current_schema()::regnamespace`
  return rows.length > 0
}

async function make(sql: postgres.Sql, table: string, span: Span): Promise<void> {
  const name = nameOf(table, span)
  const { from, to } = span
  await transaction(sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCKS.schema}::bigint)`
    if (await exists(tx, name)) return
    // Attached rather than made in place: that locks the parent table less, so calls go on being written.
    await tx.unsafe(`create table "${name}" (like "${table}" including defaults including storage)`)
    await tx.unsafe(
      `with moved as (delete from "${table}_default" where created_at >= '${from}' and created_at < '${to}' returning *)
       insert into "${name}" select * from moved`,
    )
    await tx.unsafe(`alter table "${table}" attach partition "${name}" for values from ('${from}') to ('${to}')`)
  })
}
