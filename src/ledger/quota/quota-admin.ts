import type postgres from 'postgres'
import { newCallId } from '../../core/call-id.ts'
import { type Clock, systemClock } from '../../core/clock.ts'
import { type QuotaScope, type QuotaUnit, type QuotaWindow, USUAL_THRESHOLDS } from '../../core/quota.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { definitionOf, QUOTA_COLUMNS, type QuotaColumns, type QuotaDefinition, scopeColumns } from './quota-row.ts'

type Sql = postgres.Sql | postgres.TransactionSql

/** A quota to set. */
export interface QuotaInput {
  /** Null for the whole installation. */
  readonly projectId: string | null
  readonly scope: QuotaScope
  readonly unit: QuotaUnit
  /** Of no account for CONCURRENT_CALLS. */
  readonly window: QuotaWindow
  /** Picodollars where the unit is USD, else a count; not below zero. */
  readonly limit: bigint
  /** Percentages in rising order; the usual ones where absent. */
  readonly thresholds?: readonly number[]
}

/**
 * Sets a quota, or the limit and the thresholds of the one that is there for the same scope, unit and window. In force
 * within a second.
 * @returns its id
 */
export async function setQuota(database: Database, quota: QuotaInput, clock: Clock = systemClock): Promise<string> {
  return (await putQuota(database.sql, quota, clock)).id
}

/** The same, in a transaction of its caller's. */
export async function putQuota(sql: Sql, quota: QuotaInput, clock: Clock): Promise<QuotaDefinition> {
  if (quota.limit < 0n) throw new RangeError('A limit can not be below zero')
  const { key, value } = scopeColumns(quota.scope)
  const { projectId, scope, unit, thresholds = USUAL_THRESHOLDS } = quota
  const [row] = await sql.unsafe<QuotaColumns[]>(
    `insert into quota
       (id, project_id, scope_type, scope_key, scope_value, unit, window_name, limit_amount, created_at, thresholds)
     values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::numeric, $9::timestamptz, $10::text::jsonb)
     on conflict (project_id, scope_type, scope_key, scope_value, unit, window_name)
     do update set limit_amount = excluded.limit_amount, thresholds = excluded.thresholds
     returning ${QUOTA_COLUMNS}`,
    [
      newCallId(clock),
      projectId,
      scope.type,
      key,
      value,
      unit,
      windowOf(quota),
      quota.limit.toString(),
      timestamp(clock.now()),
      JSON.stringify(thresholds),
    ],
  )
  if (!row) throw new Error('The quota was not written')
  return definitionOf(row)
}

/** The quota for the same scope, unit and window; null where there is none. */
export async function sameQuota(sql: Sql, quota: Omit<QuotaInput, 'limit'>): Promise<QuotaDefinition | null> {
  const { key, value } = scopeColumns(quota.scope)
  const [row] = await sql.unsafe<QuotaColumns[]>(
    `select ${QUOTA_COLUMNS} from quota
     where project_id is not distinct from $1::uuid and scope_type = $2 and scope_key = $3 and scope_value = $4
       and unit = $5 and window_name = $6`,
    [quota.projectId, quota.scope.type, key, value, quota.unit, windowOf(quota)],
  )
  return row ? definitionOf(row) : null
}

/** A quota of one project, or of anybody where that is null, that was not given with a browser token. */
export async function quotaById(
  sql: Sql,
  id: string,
  projectId: string | null,
): Promise<{ readonly projectId: string | null; readonly quota: QuotaDefinition } | null> {
  const [row] = await sql.unsafe<(QuotaColumns & { readonly project_id: string | null })[]>(
    `select quota.project_id, ${QUOTA_COLUMNS} from quota
     where id = $1::uuid and ($2::uuid is null or project_id = $2::uuid) and scope_type <> 'browserToken'`,
    [id, projectId],
  )
  return row ? { projectId: row.project_id, quota: definitionOf(row) } : null
}

/**
 * Removes a quota with all that was counted for it. Calls under way keep what they had reserved, to no effect.
 * @returns whether the project had it
 */
export async function deleteQuota(database: Database, projectId: string, id: string): Promise<boolean> {
  const found = await quotaById(database.sql, id, projectId)
  if (found) await removeQuota(database.sql, id)
  return found !== null
}

export async function removeQuota(sql: Sql, id: string): Promise<void> {
  await sql`delete from quota where id = ${id}::uuid`
}

function windowOf({ unit, window }: Pick<QuotaInput, 'unit' | 'window'>): QuotaWindow {
  return unit === 'CONCURRENT_CALLS' ? 'TOTAL' : window
}
