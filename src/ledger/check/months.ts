import type postgres from 'postgres'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { ceilMonth, floorMonth } from '../usage/calendar.ts'
import { ROLLUP_TABLES } from '../usage/rollup-sql.ts'

/** A calendar month in UTC. */
export interface Month {
  /** As `2025-06`. */
  readonly name: string
  /** Its first moment, or the first from which calls are kept, as bound to a `timestamptz`. */
  readonly from: string
  /** The first moment behind it. */
  readonly to: string
  /** Whether retention has dropped all of its calls. */
  readonly dropped: boolean
}

export interface LedgerMonths {
  readonly months: readonly Month[]
  /** From when on no call was dropped, in milliseconds since 1970. */
  readonly keptSince: number
}

/** The months that have calls or rollups, from the first to the last, within bounds widened to whole months. */
export async function monthsOfLedger(
  sql: postgres.Sql | postgres.TransactionSql,
  from: number | null,
  to: number | null,
): Promise<LedgerMonths> {
  const rollups = Object.values(ROLLUP_TABLES).map(
    (table) => `union all select min(hour), max(hour) + interval '1 hour' from ${table}`,
  )
  // By id, which is in the order of time and has an index.
  const [row] = await sql.unsafe<Record<'first' | 'last' | 'kept', string | null>[]>(`
    select extract(epoch from min(first)) * 1000 as first, extract(epoch from max(last)) * 1000 as last,
      (select extract(epoch from at) * 1000 from usage_progress where name = 'kept') as kept
    from (
      select (select created_at from call order by id, created_at limit 1) as first,
        (select created_at from call order by id desc, created_at desc limit 1) + interval '1 ms' as last
      ${rollups.join(' ')}
    ) as spans`)
  const keptSince = Number(row?.kept ?? 0)
  if (row?.first == null || row.last == null) return { months: [], keptSince }
  const begin = Math.max(Number(row.first), from ?? Number.NEGATIVE_INFINITY)
  const end = Math.min(Number(row.last), to ?? Number.POSITIVE_INFINITY)
  const starts: number[] = []
  for (let at = floorMonth(begin); at < end; at = ceilMonth(at + 1)) starts.push(at)
  const used = await usedOf(sql, starts)
  return { months: used.map((start) => monthAt(start, keptSince)), keptSince }
}

/** A month, with the ids that calls of it have. */
const SPANS: readonly Column<number>[] = [
  { name: 'start', type: 'timestamptz', of: (start) => timestamp(start) },
  { name: 'finish', type: 'timestamptz', of: (start) => timestamp(ceilMonth(start + 1)) },
  { name: 'first_id', type: 'uuid', of: (start) => firstIdOf(start) },
  { name: 'end_id', type: 'uuid', of: (start) => firstIdOf(ceilMonth(start + 1)) },
]

/** No id of a call that came in from then on is below it (RFC 9562, section 5.7). */
function firstIdOf(ms: number): string {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}

/** Those months that have calls or rollups. */
async function usedOf(sql: postgres.Sql | postgres.TransactionSql, starts: readonly number[]): Promise<number[]> {
  const rollups = Object.values(ROLLUP_TABLES).map(
    (table) => `exists (select from ${table} where hour >= start and hour < finish)`,
  )
  const rows = await sql.unsafe<{ ms: string }[]>(
    `select extract(epoch from start) * 1000 as ms from ${unnest(SPANS, 'month', 1)}
     where exists (select from call where id >= first_id and id < end_id) or ${rollups.join(' or ')} order by start`,
    bind(SPANS, starts),
  )
  return rows.map(({ ms }) => Number(ms))
}

/** Of a month that retention has reached in its middle, what is kept. */
function monthAt(start: number, keptSince: number): Month {
  const end = ceilMonth(start + 1)
  const from = Math.min(Math.max(start, keptSince), end)
  return { name: timestamp(start).slice(0, 7), from: timestamp(from), to: timestamp(end), dropped: from === end }
}
