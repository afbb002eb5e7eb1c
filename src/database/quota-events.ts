import type { QuotaUnit, QuotaWindow } from '../core/quota.ts'
import type { QuotaEvent } from '../core/quota-event.ts'
import { type ScopeColumns, storedScope } from './stored-scope.ts'

/** The channel on which a database server tells that there are new events of quotas. */
export const QUOTA_EVENTS_CHANNEL = 'switchyard_quota_events'

/** What `quotaEventOf` reads, of the table `quota_event`. */
export const QUOTA_EVENT_COLUMNS = `
  quota_event.id, extract(epoch from quota_event.at) * 1000 as at_ms, quota_event.quota_id,
  extract(epoch from quota_event.window_start) * 1000 as window_start_ms, quota_event.subject, quota_event.threshold,
  quota_event.project_id, quota_event.scope_type, quota_event.scope_key, quota_event.scope_value, quota_event.unit,
  quota_event.window_name, quota_event.limit_amount, quota_event.used, quota_event.reserved`

export interface QuotaEventRow extends ScopeColumns {
  readonly id: string
  readonly at_ms: string
  readonly quota_id: string
  readonly window_start_ms: string
  readonly subject: string
  readonly threshold: number
  readonly project_id: string | null
  readonly unit: QuotaUnit
  readonly window_name: QuotaWindow
  readonly limit_amount: string
  readonly used: string
  readonly reserved: string
}

export function quotaEventOf(row: QuotaEventRow): QuotaEvent {
  return {
    id: row.id,
    at: Number(row.at_ms),
    projectId: row.project_id,
    quotaId: row.quota_id,
    scope: storedScope(row),
    subject: row.subject === '' ? null : row.subject,
    unit: row.unit,
    window: row.window_name,
    windowStart: Number(row.window_start_ms),
    threshold: row.threshold,
    limit: BigInt(row.limit_amount),
    used: BigInt(row.used),
    reserved: BigInt(row.reserved),
  }
}
