import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'

const BATCH = 1_000
const DAY_MS = 86_400_000
const EVENT_DAYS = 90
/** A browser token that has expired may have calls under way for a while, which its quotas still hold. */
const GRACE_MS = 3_600_000

/** Longer than a month, so that every window that is so old is over. */
export const WINDOW_DAYS = 40

/**
 * Forgets windows that are over, the quotas of browser tokens that expired, and events of windows that are long
 * over. Events of windows that never end are kept: they are told once.
 */
export async function forgetQuotas(database: Database, now: number): Promise<void> {
  await database.sql`
    delete from quota where ctid in (
      select ctid from quota where expires_at < ${timestamp(now - GRACE_MS)}::timestamptz
      limit ${BATCH}::int for update skip locked
    )`
  await database.sql`
    delete from quota_window where ctid in (
      select quota_window.ctid from quota_window
      where window_start > '1970-01-01Z' and window_start < ${timestamp(now - WINDOW_DAYS * DAY_MS)}::timestamptz
        and reserved = 0
      limit ${BATCH}::int for update skip locked
    )`
  await database.sql`
    delete from quota_event where ctid in (
      select ctid from quota_event
      where at < ${timestamp(now - EVENT_DAYS * DAY_MS)}::timestamptz
        and (window_name <> 'TOTAL' or unit = 'CONCURRENT_CALLS')
      limit ${BATCH}::int for update skip locked
    )`
}
