import type postgres from 'postgres'
import { bind, type Column, timestamp, unnest } from '../database/row-arrays.ts'

/** One window of one quota. */
export interface WindowKey {
  readonly quotaId: string
  /** Milliseconds since 1970. */
  readonly windowStart: number
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
]

const CHANGES: readonly Column<WindowChange>[] = [
  ...KEYS,
  { name: 'used', type: 'numeric', of: (change) => change.used },
  { name: 'reserved', type: 'numeric', of: (change) => change.reserved },
]

const CREATE = `
  insert into quota_window (quota_id, window_start, used, reserved)
  select wanted.quota_id, wanted.window_start, 0, 0
  from ${unnest(KEYS, 'wanted', 1)} join quota on quota.id = wanted.quota_id
  order by 1, 2
  on conflict do nothing`

const LOCK = `
  select quota_id, extract(epoch from window_start) * 1000 as window_start, used, reserved
  from quota_window
  where (quota_id, window_start) in (select quota_id, window_start from ${unnest(KEYS, 'wanted', 1)})
  order by quota_id, quota_window.window_start
  for update`

const CHANGE = `
  update quota_window set used = quota_window.used + change.used, reserved = quota_window.reserved + change.reserved
  from ${unnest(CHANGES, 'change', 1)}
  where quota_window.quota_id = change.quota_id and quota_window.window_start = change.window_start`

interface WindowRow {
  readonly quota_id: string
  readonly window_start: string
  readonly used: string
  readonly reserved: string
}

/** Names a window in a map. */
export function windowName(key: WindowKey): string {
  return `${key.quotaId}@${key.windowStart}`
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
      windowName({ quotaId: row.quota_id, windowStart: Number(row.window_start) }),
      { used: BigInt(row.used), reserved: BigInt(row.reserved) },
    ]),
  )
}

/** Adds to windows what changed, after locking them in order. */
export async function changeWindows(tx: postgres.TransactionSql, changes: readonly WindowChange[]): Promise<void> {
  if (changes.length === 0) return
  const sums = new Map<string, WindowChange>()
  for (const change of changes) {
    const sum = sums.get(windowName(change))
    const used = (sum?.used ?? 0n) + change.used
    const reserved = (sum?.reserved ?? 0n) + change.reserved
    sums.set(windowName(change), { ...change, used, reserved })
  }
  await lockWindows(tx, [...sums.values()])
  await tx.unsafe(CHANGE, bind(CHANGES, [...sums.values()]), { prepare: true })
}

function distinct(keys: readonly WindowKey[]): WindowKey[] {
  return [...new Map(keys.map((key) => [windowName(key), key])).values()]
}
