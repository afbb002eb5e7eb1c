import { newCallId } from '../core/call-id.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../core/quota.ts'
import type { Database } from '../database/database.ts'
import { timestamp } from '../database/row-arrays.ts'
import { scopeColumns } from './quota-row.ts'

/** A quota to set. */
export interface QuotaInput {
  readonly projectId: string
  readonly scope: QuotaScope
  readonly unit: QuotaUnit
  /** Of no account for CONCURRENT_CALLS. */
  readonly window: QuotaWindow
  /** Picodollars where the unit is USD, else a count; not below zero. */
  readonly limit: bigint
}

/**
 * Sets a quota, or the limit of the one that is there for the same scope, unit and window. In force within a second.
 * @returns its id
 */
export async function setQuota(database: Database, quota: QuotaInput, clock: Clock = systemClock): Promise<string> {
  if (quota.limit < 0n) throw new RangeError('A limit can not be below zero')
  const { key, value } = scopeColumns(quota.scope)
  const window = quota.unit === 'CONCURRENT_CALLS' ? 'TOTAL' : quota.window
  const [row] = await database.sql<{ id: string }[]>`
    insert into quota
      (id, project_id, scope_type, scope_key, scope_value, unit, window_name, limit_amount, created_at)
    values (
      ${newCallId(clock)}::uuid, ${quota.projectId}::uuid, ${quota.scope.type}, ${key}, ${value}, ${quota.unit},
      ${window}, ${quota.limit.toString()}::numeric, ${timestamp(clock.now())}::timestamptz
    )
    on conflict (project_id, scope_type, scope_key, scope_value, unit, window_name)
    do update set limit_amount = excluded.limit_amount
    returning id`
  if (!row) throw new Error('The quota was not written')
  return row.id
}

/**
 * Removes a quota with all that was counted for it. Calls under way keep what they had reserved, to no effect.
 * @returns whether the project had it
 */
export async function deleteQuota(database: Database, projectId: string, id: string): Promise<boolean> {
  const rows = await database.sql`
    delete from quota where id = ${id}::uuid and project_id = ${projectId}::uuid returning id`
  return rows.length > 0
}
