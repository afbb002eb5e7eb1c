import type postgres from 'postgres'
import type { Reservation } from '../../core/quota.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { changeWindows } from '../quota/quota-windows.ts'
import { readReservations } from '../quota/reservations-json.ts'
import { changeRollups } from '../usage/rollup-sql.ts'

/** What an abandoned call counts for in a quota: all that was reserved, since nobody knows what it used. */
function abandonedUse(reservation: Reservation): bigint {
  return reservation.unit === 'CONCURRENT_CALLS' ? 0n : reservation.amount
}

/** The same as the row has it, in the form of `storedCharges`; null where nothing was reserved. */
const CHARGES = `(
  select jsonb_agg((one - 'amount') || jsonb_build_object('used', one->'amount'))
  from jsonb_array_elements(reservations) as one where one->>'unit' <> 'CONCURRENT_CALLS')`

/** The largest amount of a unit that is reserved for a call, as far as a column holds it; null where none is. */
function reserved(unit: 'USD' | 'TOKENS'): string {
  return `(select max(least((one->>'amount')::numeric, 9223372036854775807)) from jsonb_array_elements(reservations) as one
    where one->>'unit' = '${unit}')`
}

const LARGEST_BATCH = 500

/**
 * Ends calls whose lease ran out ($1 is now), skipping those that another replica has in hand. The cost is the bound
 * that was reserved, as output and wasted; where no dollars were reserved the call is unpriced. Reservations stay on the
 * row, in case that the call turns out not to be dead.
 */
const ABANDON = `
  with abandoned as (
    update call set
      status = 'ABANDONED', finished_at = $1, lease_until = null,
      error_message = 'The process that ran this call ended before it did',
      output_tokens = coalesce(${reserved('TOKENS')}, 0)::int8, usage_estimated = true,
      cost_output = coalesce(${reserved('USD')}, 0)::int8, wasted = coalesce(${reserved('USD')}, 0)::int8,
      priced = ${reserved('USD')} is not null, charges = ${CHARGES}
    from (
      select id as dead_id, created_at as dead_at from call
      where status = 'RUNNING' and lease_until < $1
      order by id limit ${LARGEST_BATCH} for update skip locked
    ) as dead
    where call.id = dead_id and call.created_at = dead_at
    returning call.*
  ), ${changeRollups('abandoned', '+')}
  select reservations::text as reservations from abandoned`

/**
 * Settles calls whose lease ran out, a batch of them.
 * @returns how many there were, and whether there may be more
 */
export async function abandonExpired(
  sql: postgres.Sql,
  now: number,
): Promise<{ readonly count: number; readonly more: boolean }> {
  return await transaction(sql, async (tx) => {
    const rows = await tx.unsafe<{ reservations: string | null }[]>(ABANDON, [timestamp(now)], { prepare: true })
    const released = rows.flatMap((row) =>
      readReservations(row.reservations).map((one) => ({ ...one, used: abandonedUse(one), reserved: -one.amount })),
    )
    await changeWindows(tx, released)
    return { count: rows.length, more: rows.length === LARGEST_BATCH }
  })
}
