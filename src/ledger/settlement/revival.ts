import type postgres from 'postgres'
import type { SettledCall } from '../../core/call.ts'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { changeWindows, type WindowChange } from '../quota/quota-windows.ts'
import { readCharges, readReservations } from '../quota/reservations-json.ts'
import { changeRollups } from '../usage/rollup-sql.ts'

const KEYS: readonly Column<SettledCall>[] = [
  { name: 'id', type: 'uuid', of: (call) => call.id },
  { name: 'created_at', type: 'timestamptz', of: (call) => timestamp(call.createdAt) },
]

/** Takes calls out of the rollups again; they are locked from here on. */
const UNCOUNT = `
  with abandoned as (
    select call.* from call join ${unnest(KEYS, 'late', 1)} using (id, created_at)
    where call.status = 'ABANDONED'
    order by id
    for update of call
  ), ${changeRollups('abandoned', '-')}
  select id, reservations::text as reservations, charges::text as charges from abandoned`

interface AbandonedRow {
  readonly id: string
  readonly reservations: string | null
  readonly charges: string | null
}

/** Takes what was charged back, and reserves again what was reserved. */
function undone({ reservations, charges }: AbandonedRow): WindowChange[] {
  return [
    ...readCharges(charges).map((one) => ({ ...one, used: -one.used, reserved: 0n })),
    ...readReservations(reservations).map((one) => ({ ...one, used: 0n, reserved: one.amount })),
  ]
}

/**
 * Undoes the sweeper's settlement of calls that were not dead after all: takes them out of the rollups, gives their
 * reservations back their place, and makes them RUNNING, so that they can be settled as what they were.
 * @returns those that were ABANDONED
 */
export async function revive(tx: postgres.TransactionSql, calls: readonly SettledCall[]): Promise<SettledCall[]> {
  const rows = await tx.unsafe<AbandonedRow[]>(UNCOUNT, bind(KEYS, calls), { prepare: true })
  await changeWindows(tx, rows.flatMap(undone))
  const revived = new Set(rows.map(({ id }) => id))
  const back = calls.filter((call) => revived.has(call.id))
  if (back.length > 0) {
    await tx.unsafe(
      `update call set status = 'RUNNING', charges = null from ${unnest(KEYS, 'late', 1)}
       where call.id = late.id and call.created_at = late.created_at`,
      bind(KEYS, back),
    )
  }
  return back
}
