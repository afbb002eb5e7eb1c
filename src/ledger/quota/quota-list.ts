import type { Quota, QuotaView } from '../../core/quota.ts'
import type { Database } from '../../database/database.ts'
import { bind, type Column, timestamp, unnest } from '../../database/row-arrays.ts'
import { periodOf } from './quota-period.ts'
import { definitionOf, QUOTA_COLUMNS, type QuotaColumns, type QuotaDefinition } from './quota-row.ts'

/** Whose quotas to list. */
export interface QuotaListRequest {
  readonly projectId: string
  /** Leaves the quotas of other API keys out; null leaves out none. */
  readonly apiKeyId: string | null
  readonly view: QuotaView
  /** Milliseconds since 1970. */
  readonly now: number
}

interface StateKey {
  readonly id: string
  readonly windowStart: number
  /** The end user; null takes whoever used and reserved most. */
  readonly subject: string | null
}

const KEYS: readonly Column<StateKey>[] = [
  { name: 'quota_id', type: 'uuid', of: (key) => key.id },
  { name: 'window_start', type: 'timestamptz', of: (key) => timestamp(key.windowStart) },
  { name: 'wanted_subject', type: 'text', of: (key) => key.subject },
]

const STATES = `
  select distinct on (quota_id) quota_id, subject, used, reserved
  from quota_window join ${unnest(KEYS, 'now', 1)} using (quota_id, window_start)
  where wanted_subject is null or subject = wanted_subject
  order by quota_id, used + reserved desc, subject`

interface StateRow {
  readonly quota_id: string
  readonly subject: string
  readonly used: string
  readonly reserved: string
}

/** A project's quotas, with what is used and reserved in the windows of now; those of browser tokens left out. */
export async function readQuotas(database: Database, request: QuotaListRequest): Promise<Quota[]> {
  const rows = await database.sql.unsafe<QuotaColumns[]>(
    `select ${QUOTA_COLUMNS} from quota
     where (project_id = $1::uuid or (project_id is null and $2::bool)) and scope_type <> 'browserToken'
     order by created_at, id`,
    [request.projectId, request.view.installation === 'shown'],
  )
  const definitions = rows.map(definitionOf).filter((quota) => concerns(quota, request.apiKeyId))
  return await withStates(database, definitions, request)
}

/** Quotas with what is used and reserved of them now. */
export async function withStates(
  database: Database,
  definitions: readonly QuotaDefinition[],
  { view, now }: Pick<QuotaListRequest, 'view' | 'now'>,
): Promise<Quota[]> {
  const keys = definitions.map((quota) => ({
    id: quota.id,
    windowStart: periodOf(quota.unit, quota.window, now).start,
    subject: quota.scope.type === 'eachEndUser' ? view.endUser : '',
  }))
  const states = await database.sql.unsafe<StateRow[]>(STATES, bind(KEYS, keys), { prepare: true })
  const byQuota = new Map(states.map((state) => [state.quota_id, state]))
  return definitions.map((quota) => ({
    ...quota,
    used: BigInt(byQuota.get(quota.id)?.used ?? 0),
    reserved: BigInt(byQuota.get(quota.id)?.reserved ?? 0),
    resetsAt: periodOf(quota.unit, quota.window, now).end,
    subject: quota.scope.type === 'eachEndUser' ? (byQuota.get(quota.id)?.subject ?? view.endUser) : null,
    amounts: 'exact' as const,
  }))
}

function concerns({ scope }: QuotaDefinition, apiKeyId: string | null): boolean {
  return apiKeyId === null || scope.type !== 'apiKey' || scope.apiKeyId === apiKeyId
}
