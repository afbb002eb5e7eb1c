import type postgres from 'postgres'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { BROKE_OFF } from '../check/broke-off.ts'
import type { CallKey } from './call-key.ts'

/** An attempt that broke off, and from whose output the one went on that answered: what it cost was not wasted. */
export interface WentOnFrom extends CallKey {
  readonly number: number
}

const KEYS: readonly Column<CallKey>[] = [
  { name: 'id', type: 'uuid', of: ({ id }) => id },
  { name: 'created_at', type: 'timestamptz', of: ({ createdAt }) => timestamp(createdAt) },
]

interface Row {
  readonly id: string
  readonly kept: string
  readonly numbers: string
  readonly totals: string
}

/** Calls that did not waste all that their attempts without an answer cost, with those of them that broke off. */
const NOT_ALL_WASTED = `
  select call.id, sum(total) filter (where outcome <> 'SUCCEEDED') - call.wasted as kept,
    jsonb_agg(number order by number) filter (where ${BROKE_OFF})::text as numbers,
    jsonb_agg(total::text order by number) filter (where ${BROKE_OFF})::text as totals
  from call join ${unnest(KEYS, 'chosen', 1)} using (id, created_at)
  join lateral (
    select *, coalesce(cost_input::numeric + cost_cached_input + cost_cache_write + cost_output, 0) as total
    from attempt where attempt.call_id = call.id and attempt.created_at = call.created_at
  ) as attempt on true
  where call.status = 'SUCCEEDED'
  group by call.id, call.wasted
  having sum(total) filter (where outcome <> 'SUCCEEDED') > call.wasted and count(*) filter (where ${BROKE_OFF}) > 0`

/**
 * Which attempts of calls an answer went on from: no row says it, but what a call wasted does, which is what all others without
 * an answer cost.
 */
export async function wentOnFrom(tx: postgres.TransactionSql, calls: readonly CallKey[]): Promise<WentOnFrom[]> {
  const rows = await tx.unsafe<Row[]>(NOT_ALL_WASTED, bind(KEYS, calls))
  const madeAt = new Map(calls.map(({ id, createdAt }) => [id, createdAt]))
  return rows.flatMap(({ id, kept, numbers, totals }) => {
    const amounts: string[] = JSON.parse(totals)
    const all: number[] = JSON.parse(numbers)
    const chosen = summingTo(BigInt(kept), amounts.map(BigInt)) ?? []
    return all.filter((_, at) => chosen.includes(at)).map((number) => ({ id, createdAt: madeAt.get(id) ?? 0, number }))
  })
}

/** More attempts than this break off in no call; each doubles what there is to try. */
const MOST_TRIED = 12

/** The places of amounts that add up to a sum; null where none do. */
function summingTo(sum: bigint, amounts: readonly bigint[]): number[] | null {
  const size = Math.min(amounts.length, MOST_TRIED)
  for (let chosen = 0; chosen < 2 ** size; chosen++) {
    const places = Array.from({ length: size }, (_, at) => at).filter((at) => (chosen >> at) & 1)
    if (places.reduce((total, at) => total + (amounts[at] ?? 0n), 0n) === sum) return places
  }
  return null
}
