import type postgres from 'postgres'
import type { OpenedCall } from '../../core/call.ts'
import type { Admission } from '../../core/ledger.ts'
import type { Quota, QuotaUnit, Reservation, UsageBound } from '../../core/quota.ts'
import type { Database } from '../../database/database.ts'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { OPEN_COLUMNS, type OpenRow } from '../settlement/call-columns.ts'
import { OPEN_CALLS } from '../settlement/settlement-sql.ts'
import { periodOf } from './quota-period.ts'
import { type QuotaDefinition, subjectOf } from './quota-row.ts'
import { tellLimitReached } from './quota-thresholds.ts'
import {
  changeLocked,
  createWindows,
  lockWindows,
  type WindowKey,
  type WindowState,
  windowName,
} from './quota-windows.ts'
import { readReservations } from './reservations-json.ts'

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
    // What can be is sent at once: others wait for these windows, and should not wait for this process to take notice.
    const [, windows] = await Promise.all([createWindows(tx, keys), lockWindows(tx, keys)])
    const admissions = requests.map((request) => {
      const reservations = known.get(request.call.id)
      return reservations ? { type: 'admitted' as const, reservations } : decide(request, windows)
    })
    const opened = requests.flatMap(({ call }, at): OpenRow[] => {
      const admission = admissions[at]
      return admission?.type === 'admitted' && !known.has(call.id) ? [{ call, ...admission }] : []
    })
    await Promise.all([reserve(tx, opened), tellRefusals(tx, requests, admissions)])
    return admissions
  })
}

/** Writes what was decided. */
async function reserve(tx: postgres.TransactionSql, opened: readonly OpenRow[]): Promise<void> {
  if (opened.length === 0) return
  const changes = opened.flatMap(({ reservations }) =>
    reservations.map((one) => ({ ...one, used: 0n, reserved: one.amount })),
  )
  await Promise.all([changeLocked(tx, changes), tx.unsafe(OPEN_CALLS, bind(OPEN_COLUMNS, opened), { prepare: true })])
}

/** Calls that were turned away say that a limit is reached. */
async function tellRefusals(
  tx: postgres.TransactionSql,
  requests: readonly AdmissionRequest[],
  admissions: readonly Admission[],
): Promise<void> {
  const full = requests.flatMap(({ call }, at) => {
    const admission = admissions[at]
    return admission?.type === 'refused' ? [{ call, quota: admission.quota }] : []
  })
  if (full.length > 0) await tellLimitReached(tx, bind(FULL_WINDOWS, full))
}

const FULL_WINDOWS: readonly Column<{ readonly call: OpenedCall; readonly quota: Quota }>[] = [
  { name: 'quota_id', type: 'uuid', of: ({ quota }) => quota.id },
  {
    name: 'window_start',
    type: 'timestamptz',
    of: ({ call, quota }) => timestamp(periodOf(quota.unit, quota.window, call.createdAt).start),
  },
  { name: 'subject', type: 'text', of: ({ quota }) => quota.subject ?? '' },
  { name: 'used', type: 'numeric', of: ({ quota }) => quota.used },
  { name: 'reserved', type: 'numeric', of: ({ quota }) => quota.reserved },
]

interface Room {
  readonly quota: QuotaDefinition
  readonly key: WindowKey
  readonly state: WindowState
  readonly left: bigint
}

/** Lets a call in where all its quotas have room for it, and then takes the room from `windows`. */
function decide({ call, bound, quotas }: AdmissionRequest, windows: Map<string, WindowState>): Admission {
  const rooms = quotas.map((quota): Room => {
    const key = keyOf(quota, call)
    const state = windows.get(windowName(key)) ?? NOTHING
    return { quota, key, state, left: quota.limit - state.used - state.reserved }
  })
  const full = rooms.find(({ quota, left }) => left < (LEAST[quota.unit](bound) ?? 1n))
  if (full) return { type: 'refused', quota: refusing(full, call), needed: LEAST[full.quota.unit](bound) }
  const amounts = reservedOf(bound, rooms)
  for (const { quota, key, state } of rooms) {
    windows.set(windowName(key), { ...state, reserved: state.reserved + amounts[quota.unit] })
  }
  const reservations = rooms.map(({ quota, key }) => ({ ...key, unit: quota.unit, amount: amounts[quota.unit] }))
  return { type: 'admitted', reservations }
}

/** With less than this left a call is turned away. Where no bound is known (null), something must be left. */
const LEAST = {
  USD: (bound) => leastOf(bound, 'USD'),
  TOKENS: (bound) => leastOf(bound, 'TOKENS'),
  REQUESTS: () => 1n,
  CONCURRENT_CALLS: () => 1n,
} as const satisfies Record<QuotaUnit, (bound: UsageBound) => bigint | null>

function leastOf(bound: UsageBound, unit: 'USD' | 'TOKENS'): bigint | null {
  const most = bound[unit]
  if (most === null) return null
  const least = bound.least?.[unit] ?? most
  return least < most ? least : most
}

/**
 * How much of each unit is reserved: the most that the call may use, or all that is left where that is less or no bound
 * is known. The same in all windows of a unit, since the call is held to the smallest.
 */
function reservedOf(bound: UsageBound, rooms: readonly Room[]): Readonly<Record<QuotaUnit, bigint>> {
  const smallest = (unit: 'USD' | 'TOKENS') => {
    const lefts = rooms.filter(({ quota }) => quota.unit === unit).map(({ left }) => left)
    const most = bound[unit]
    return (most === null ? lefts : [most, ...lefts]).reduce(
      (least, each) => (each < least ? each : least),
      lefts[0] ?? 0n,
    )
  }
  return { USD: smallest('USD'), TOKENS: smallest('TOKENS'), REQUESTS: 1n, CONCURRENT_CALLS: 1n }
}

function keyOf(quota: QuotaDefinition, call: OpenedCall): WindowKey {
  const { start: windowStart } = periodOf(quota.unit, quota.window, call.createdAt)
  return { quotaId: quota.id, windowStart, subject: subjectOf(quota.scope, call) }
}

function refusing({ quota, key, state }: Room, call: OpenedCall): Quota {
  const { end: resetsAt } = periodOf(quota.unit, quota.window, call.createdAt)
  return { ...quota, ...state, resetsAt, subject: key.subject === '' ? null : key.subject, amounts: 'exact' }
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
