import type postgres from 'postgres'
import type { Admission, OpenedCall } from '../core/ledger.ts'
import type { Quota, QuotaUnit, Reservation, UsageBound } from '../core/quota.ts'
import type { Database } from '../database/database.ts'
import { bind, type Column, timestamp, unnest } from '../database/row-arrays.ts'
import { transaction } from '../database/transaction.ts'
import { OPEN_COLUMNS, type OpenRow } from './call-columns.ts'
import { periodOf } from './quota-period.ts'
import type { QuotaDefinition } from './quota-row.ts'
import { changeWindows, createWindows, lockWindows, type WindowState, windowName } from './quota-windows.ts'
import { readReservations } from './reservations-json.ts'
import { OPEN_CALLS } from './settlement-sql.ts'

/** A call that quotas apply to, before it is let in. */
export interface AdmissionRequest {
  readonly call: OpenedCall
  readonly bound: UsageBound
  readonly quotas: readonly QuotaDefinition[]
}

const NOTHING: WindowState = { used: 0n, reserved: 0n }

/**
 * Decides on calls in their order, reserving as it goes, in one transaction: the windows are locked first, so whatever
 * else reserves waits until these reservations are committed.
 * @param attempt `again` where an earlier try may have been committed: calls that it let in are not reserved twice
 */
export async function admit(
  database: Database,
  requests: readonly AdmissionRequest[],
  attempt: 'first' | 'again',
): Promise<Admission[]> {
  return await transaction(database.sql, async (tx) => {
    const known = attempt === 'again' ? await admittedBefore(tx, requests) : new Map<string, Reservation[]>()
    const fresh = requests.filter(({ call }) => !known.has(call.id))
    const keys = fresh.flatMap(({ call, quotas }) => quotas.map((quota) => keyOf(quota, call)))
    await createWindows(tx, keys)
    const windows = await lockWindows(tx, keys)
    const admissions = requests.map((request) => {
      const reservations = known.get(request.call.id)
      return reservations ? { type: 'admitted' as const, reservations } : decide(request, windows)
    })
    const opened = requests.flatMap(({ call }, at): OpenRow[] => {
      const admission = admissions[at]
      return admission?.type === 'admitted' && !known.has(call.id) ? [{ call, ...admission }] : []
    })
    await reserve(tx, opened)
    return admissions
  })
}

/** Writes what was decided. */
async function reserve(tx: postgres.TransactionSql, opened: readonly OpenRow[]): Promise<void> {
  if (opened.length === 0) return
  await changeWindows(
    tx,
    opened.flatMap(({ reservations }) => reservations.map((one) => ({ ...one, used: 0n, reserved: one.amount }))),
  )
  await tx.unsafe(OPEN_CALLS, bind(OPEN_COLUMNS, opened), { prepare: true })
}

/** Lets a call in where all its quotas have room for it, and then takes the room from `windows`. */
function decide({ call, bound, quotas }: AdmissionRequest, windows: Map<string, WindowState>): Admission {
  const reservations: Reservation[] = []
  for (const quota of quotas) {
    const key = keyOf(quota, call)
    const state = windows.get(windowName(key)) ?? NOTHING
    const left = quota.limit - state.used - state.reserved
    const amount = NEEDED[quota.unit](bound, left)
    if (amount > left || left < 0n) return { type: 'refused', quota: refusing(quota, call, state) }
    reservations.push({ ...key, unit: quota.unit, amount })
  }
  for (const one of reservations) {
    const state = windows.get(windowName(one)) ?? NOTHING
    windows.set(windowName(one), { ...state, reserved: state.reserved + one.amount })
  }
  return { type: 'admitted', reservations }
}

/**
 * How much of a quota a call may use. Where no bound is known only all that is left holds the limit; and something must
 * be left.
 */
const NEEDED = {
  USD: (bound, left) => bound.USD ?? atLeastOne(left),
  TOKENS: (bound, left) => bound.TOKENS ?? atLeastOne(left),
  REQUESTS: () => 1n,
  CONCURRENT_CALLS: () => 1n,
} as const satisfies Record<QuotaUnit, (bound: UsageBound, left: bigint) => bigint>

function atLeastOne(left: bigint): bigint {
  return left > 0n ? left : 1n
}

function keyOf(quota: QuotaDefinition, call: OpenedCall): { quotaId: string; windowStart: number } {
  return { quotaId: quota.id, windowStart: periodOf(quota.unit, quota.window, call.createdAt).start }
}

function refusing(quota: QuotaDefinition, call: OpenedCall, state: WindowState): Quota {
  return { ...quota, ...state, resetsAt: periodOf(quota.unit, quota.window, call.createdAt).end }
}

const KEYS: readonly Column<AdmissionRequest>[] = [
  { name: 'id', type: 'uuid', of: ({ call }) => call.id },
  { name: 'created_at', type: 'timestamptz', of: ({ call }) => timestamp(call.createdAt) },
]

/** The reservations of calls that have their row already. */
async function admittedBefore(
  tx: postgres.TransactionSql,
  requests: readonly AdmissionRequest[],
): Promise<Map<string, Reservation[]>> {
  const rows = await tx.unsafe<{ id: string; reservations: string | null }[]>(
    `select id, reservations::text as reservations from call
     join ${unnest(KEYS, 'tried', 1)} using (id, created_at)`,
    bind(KEYS, requests),
  )
  return new Map(rows.map((row) => [row.id, readReservations(row.reservations)]))
}
