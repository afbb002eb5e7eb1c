import type postgres from 'postgres'
import type { AuditAction } from '../../core/audit.ts'
import type { Clock } from '../../core/clock.ts'
import { jsonDiff } from '../../core/json-diff.ts'
import { formatUsd } from '../../core/money.ts'
import type { Quota } from '../../core/quota.ts'
import { OWN_QUOTAS } from '../../core/quota.ts'
import type { QuotaActor, QuotaAdmin, QuotaChange, QuotaDraft, QuotaRemoval } from '../../core/quota-admin.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { LOCKS } from '../../database/locks.ts'
import { patiently } from '../../database/patience.ts'
import { transaction } from '../../database/transaction.ts'
import { putQuota, quotaById, removeQuota, sameQuota } from './quota-admin.ts'
import { readDraft } from './quota-draft.ts'
import { withStates } from './quota-list.ts'
import type { QuotaDefinition } from './quota-row.ts'

export interface QuotaAdminParts {
  readonly database: Database
  readonly clock: Clock
  /** Whether a quota for a route may name it. */
  readonly isRoute: (name: string) => boolean
}

const LONGEST_WAIT_MS = 5_000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Changes quotas in the database. Safe to repeat, so a change that lost against another transaction is tried again. */
export function quotaAdmin({ database, clock, isRoute }: QuotaAdminParts): QuotaAdmin {
  function change<T>(work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
    return patiently(clock, LONGEST_WAIT_MS, () =>
      transaction(database.sql, async (tx) => {
        // One change at a time, so that what the audit says was before is right.
        await tx`select pg_advisory_xact_lock(${LOCKS.quotas}::bigint)`
        return await work(tx)
      }),
    )
  }

  async function shown(definition: QuotaDefinition): Promise<Quota> {
    const [quota] = await withStates(database, [definition], { view: OWN_QUOTAS, now: clock.now() })
    if (!quota) throw new Error('The quota was not read')
    return quota
  }

  async function set(draft: QuotaDraft, actor: QuotaActor): Promise<QuotaChange> {
    const { limit, thresholds, issues } = readDraft(draft, isRoute)
    if (issues.length > 0) return { type: 'invalid', issues }
    const { projectId } = actor
    const quota = { projectId, scope: draft.scope, unit: draft.unit, window: draft.window, limit, thresholds }
    const definition = await change(async (tx) => {
      if (draft.scope.type === 'apiKey' && !(await hasKey(tx, projectId, draft.scope.apiKeyId))) return null
      const before = await sameQuota(tx, quota)
      const after = await putQuota(tx, quota, clock)
      await record(tx, { action: 'SET_QUOTA', ...actor, before, after, comment: draft.comment })
      return after
    })
    if (definition) return { type: 'set', quota: await shown(definition) }
    return {
      type: 'invalid',
      issues: [{ path: ['scope', 'apiKey'], message: 'The project has no API key of this id.' }],
    }
  }

  async function record(tx: postgres.TransactionSql, entry: Entry): Promise<void> {
    const { action, projectId, apiKeyId, before, after, comment } = entry
    const changes = jsonDiff(before && asJson(before), after && asJson(after))
    const id = (after ?? before)?.id
    // A repeat changes nothing, so there is nothing to write down.
    if (changes.length === 0) return
    await appendAudit(tx, clock, { action, subject: `quota/${id}`, projectId, apiKeyId, changes, comment })
  }

  return {
    set,
    async projectNamed(nameOrId) {
      const id = UUID.test(nameOrId) ? nameOrId : null
      const [row] = await patiently(
        clock,
        LONGEST_WAIT_MS,
        () =>
          database.sql<{ id: string }[]>`select id from project where name = ${nameOrId} or id = ${id}::uuid limit 1`,
      )
      return row?.id ?? null
    },
    async delete(id, { apiKeyId, comment }, of): Promise<QuotaRemoval> {
      const unknown = { type: 'unknown' as const, message: `There is no quota ${id}.` }
      if (!UUID.test(id)) return unknown
      const owner = of.type === 'project' ? of.projectId : null
      const found = await patiently(clock, LONGEST_WAIT_MS, () => quotaById(database.sql, id, owner))
      if (!found) return unknown
      const last = await shown(found.quota)
      const removed = await change(async (tx) => {
        const still = await quotaById(tx, id, owner)
        if (!still) return false
        await removeQuota(tx, id)
        const { projectId, quota: before } = still
        await record(tx, { action: 'DELETE_QUOTA', projectId, apiKeyId, before, after: null, comment })
        return true
      })
      return removed ? { type: 'deleted', quota: last } : unknown
    },
  }
}

interface Entry extends QuotaActor {
  readonly action: AuditAction
  readonly before: QuotaDefinition | null
  readonly after: QuotaDefinition | null
  readonly comment: string | null
}

function asJson({ scope, unit, window, limit, thresholds }: QuotaDefinition): unknown {
  const amount = unit === 'USD' ? formatUsd(limit) : limit.toString()
  return { scope, unit, window, limit: amount, thresholds }
}

async function hasKey(tx: postgres.TransactionSql, projectId: string | null, apiKeyId: string): Promise<boolean> {
  if (!UUID.test(apiKeyId)) return false
  const rows = await tx`select 1 from api_key where id = ${apiKeyId}::uuid and project_id = ${projectId}::uuid`
  return rows.length > 0
}
