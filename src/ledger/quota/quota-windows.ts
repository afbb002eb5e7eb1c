import type postgres from 'postgres'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { THRESHOLDS_PASSED } from './quota-thresholds.ts'

/** One window of one quota. */
export interface WindowKey {
  readonly quotaId: string
  /** Milliseconds since 1970. */
  readonly windowStart: number
  /** The end user, where the quota is for each of them; else empty. */
  readonly subject: string
}

/** What of a quota is used and reserved in a window. */
export interface WindowState {
  readonly used: bigint
  readonly reserved: bigint
}

/** How much more (or less) of a window is used and reserved. */
export interface WindowChange extends WindowKey, WindowState {}

const KEYS: readonly Column<WindowKey>[] = [
  { name: 'quota_id', type: 'uuid', of: (key) => key.quotaId },
  { name: 'window_start', type: 'timestamptz', of: (key) => timestamp(key.windowStart) },
  { name: 'subject', type: 'text', of: (key) => key.subject },
]

const CHANGES: readonly Column<WindowChange>[] = [
  ...KEYS,
  { name: 'used', type: 'numeric', of: (change) => change.used },
  { name: 'reserved', type: 'numeric', of: (change) => change.reserved },
]

/** A quota that is just being removed is waited for, and then has no windows made; the usual case locks nothing. */
const CREATE = `
  insert into quota_window (quota_id, window_start, subject, used, reserved)
  select wanted.quota_id, wanted.window_start, wanted.subject, 0, 0
  from ${unnest(KEYS, 'wanted', 1)} join quota on quota.id = wanted.quota_id
  where not exists (
    select from quota_window as there where there.quota_id = wanted.quota_id
      and there.window_start = wanted.window_start and there.subject = wanted.subject
  )
  order by 1, 2, 3
  for key share of quota
  on conflict do nothing`

const LOCK = `
  select quota_id, extract(epoch from window_start) * 1000 as window_start, subject, used, reserved
  from quota_window
  where (quota_id, window_start, subject) in (
    select quota_id, window_start, subject from ${unnest(KEYS, 'wanted', 1)}
  )
  order by quota_id, quota_window.window_start, subject
  for update`

const CHANGE = `
  with changed as (
    update quota_window set used = quota_window.used + change.used, reserved = quota_window.reserved + change.reserved
    from ${unnest(CHANGES, 'change', 1)}
    where quota_window.quota_id = change.quota_id and quota_window.window_start = change.window_start
      and quota_window.subject = change.subject
    returning quota_window.quota_id, quota_window.window_start, quota_window.subject, quota_window.used,
      quota_window.reserved, change.used as more_used, change.reserved as more_reserved
  )${THRESHOLDS_PASSED}`

interface WindowRow {
  readonly quota_id: string
  readonly window_start: string
  readonly subject: string
  readonly used: string
  readonly reserved: string
}

/** Names a window in a map. */
export function windowName(key: WindowKey): string {
  return `${key.quotaId}@${key.windowStart}@${key.subject}`
}

/** Makes windows that are not there yet. */
export async function createWindows(tx: postgres.TransactionSql, keys: readonly WindowKey[]): Promise<void> {
  await tx.unsafe(CREATE, bind(KEYS, distinct(keys)), { prepare: true })
}

/**
 * Locks windows until the end of the transaction, always in the order of their keys, so that no two transactions wait
 * for each other; returns them by name. Windows whose quota is gone are not among them.
 */
export async function lockWindows(
  tx: postgres.TransactionSql,
  keys: readonly WindowKey[],
): Promise<Map<string, WindowState>> {
  const rows = await tx.unsafe<WindowRow[]>(LOCK, bind(KEYS, distinct(keys)), { prepare: true })
  return new Map(
    rows.map((row) => [
      windowName({ quotaId: row.quota_id, windowStart: Number(row.window_start), subject: row.subject }),
      { used: BigInt(row.used), reserved: BigInt(row.reserved) },
    ]),
  )
}

/** Adds to windows what changed, after locking them in order. */
export async function changeWindows(tx: postgres.TransactionSql, changes: readonly WindowChange[]): Promise<void> {
  if (changes.length === 0) return
  // Both are sent at once: others wait for these windows, and should not wait for this process to take notice between.
  await Promise.all([lockWindows(tx, changes), changeLocked(tx, changes)])
}

/** The same where they are locked. Thresholds that windows pass by it are told. */
export async function changeLocked(tx: postgres.TransactionSql, changes: readonly WindowChange[]): Promise<void> {
  const sums = new Map<string, WindowChange>()
  for (const change of changes) {
    const name = windowName(change)
    const sum = sums.get(name) ?? { ...change, used: 0n, reserved: 0n }
    sums.set(name, { ...sum, used: sum.used + change.used, reserved: sum.reserved + change.reserved })
  }
  await tx.unsafe(CHANGE, bind(CHANGES, [...sums.values()]), { prepare: true })
}

function distinct(keys: readonly WindowKey[]): WindowKey[] {
  return [...new Map(keys.map((key) => [windowName(key), key])).values()]
}
