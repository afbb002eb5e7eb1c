import type { Quota } from '../core/quota.ts'
import type { Database } from '../database/database.ts'
import { bind, type Column, timestamp, unnest } from '../database/row-arrays.ts'
import { periodOf } from './quota-period.ts'
import { definitionOf, type QuotaColumns, type QuotaDefinition } from './quota-row.ts'

/** Whose quotas to list. */
export interface QuotaListRequest {
  readonly projectId: string
  /** Leaves the quotas of other API keys out; null leaves out none. */
  readonly apiKeyId: string | null
  /** Milliseconds since 1970. */
  readonly now: number
}

const KEYS: readonly Column<{ readonly id: string; readonly windowStart: number }>[] = [
  { name: 'quota_id', type: 'uuid', of: (key) => key.id },
  { name: 'window_start', type: 'timestamptz', of: (key) => timestamp(key.windowStart) },
]

/** A project's quotas, with what is used and reserved in the windows of now. */
export async function readQuotas(database: Database, request: QuotaListRequest): Promise<Quota[]> {
  const rows = await database.sql<QuotaColumns[]>`
    select id, scope_type, scope_key, scope_value, unit, window_name, limit_amount
    from quota where project_id = ${request.projectId}::uuid order by created_at, id`
  const definitions = rows.map(definitionOf).filter((quota) => concerns(quota, request.apiKeyId))
  const keys = definitions.map((quota) => ({ id: quota.id, windowStart: period(quota, request.now).start }))
  const states = await database.sql.unsafe<{ quota_id: string; used: string; reserved: string }[]>(
    `select quota_id, used, reserved from quota_window join ${unnest(KEYS, 'now', 1)} using (quota_id, window_start)`,
    bind(KEYS, keys),
    { prepare: true },
  )
  const byQuota = new Map(states.map((state) => [state.quota_id, state]))
  return definitions.map((quota) => ({
    ...quota,
    used: BigInt(byQuota.get(quota.id)?.used ?? 0),
    reserved: BigInt(byQuota.get(quota.id)?.reserved ?? 0),
    resetsAt: period(quota, request.now).end,
  }))
}

function period(quota: QuotaDefinition, now: number) {
  return periodOf(quota.unit, quota.window, now)
}

function concerns(quota: QuotaDefinition, apiKeyId: string | null): boolean {
  return apiKeyId === null || quota.scope.type !== 'apiKey' || quota.scope.apiKeyId === apiKeyId
}
