import type postgres from 'postgres'
import type { Administrator } from '../core/administrator.ts'
import type { ApiKey, RotatedApiKey } from '../core/api-key.ts'
import { newCallId } from '../core/call-id.ts'
import type { Changed } from '../core/changed.ts'
import type { Clock } from '../core/clock.ts'
import { timestamp } from '../database/row-arrays.ts'
import { grantIssues } from './check-key.ts'
import { auditKey, updateKey } from './key-rows.ts'
import { makeKey } from './make-key.ts'

export interface Rotation {
  readonly by: Administrator
  readonly key: ApiKey
  /** How long the old secret goes on. */
  readonly overlapMs: number
}

/** Puts a new key with the same rights in the place of one, which goes on for a while. */
export async function rotated(
  tx: postgres.TransactionSql,
  clock: Clock,
  { by, key, overlapMs }: Rotation,
): Promise<Changed<RotatedApiKey>> {
  const now = clock.now()
  const over = obstacle(key, now)
  // A new secret is shown, so whoever gets it could do all that the key can.
  const issues = [...(over === null ? [] : [{ path: ['id'], message: over }]), ...grantIssues(by, key)]
  if (issues.length > 0) return { type: 'invalid', issues }
  const project = { id: key.projectId, name: key.project }
  const made = await makeKey(tx, clock, { ...key, id: newCallId(clock), project })
  await copyQuotas(tx, clock, key, made.key)
  const replaced = { ...key, expiresAt: Math.min(key.expiresAt ?? Number.POSITIVE_INFINITY, now + overlapMs) }
  const after = { ...replaced, replacedBy: made.key.id }
  await updateKey(tx, after)
  const { apiKeyId } = by
  await auditKey(tx, clock, { action: 'ROTATE_API_KEY', apiKeyId, before: key, after })
  await auditKey(tx, clock, { action: 'CREATE_API_KEY', apiKeyId, before: null, after: made.key })
  return { type: 'done', value: { ...made, replaced: after } }
}

function obstacle({ revokedAt, expiresAt, replacedBy }: ApiKey, now: number): string | null {
  if (revokedAt !== null) return 'This key is revoked: make a new one.'
  if (replacedBy !== null) return `Key ${replacedBy} took the place of this one already: rotate that.`
  return expiresAt !== null && expiresAt <= now ? 'This key has expired: make a new one.' : null
}

/** The same limits for the new key. What the old one used stays with it, where the ledger's calls are too. */
async function copyQuotas(tx: postgres.TransactionSql, clock: Clock, from: ApiKey, to: ApiKey): Promise<void> {
  const quotas = await tx<{ id: string }[]>`
    select id from quota
    where project_id = ${from.projectId}::uuid and scope_type = 'apiKey' and scope_value = ${from.id}
    order by created_at, id`
  for (const { id } of quotas) {
    await tx`
      insert into quota
        (id, project_id, scope_type, scope_key, scope_value, unit, window_name, limit_amount, thresholds, created_at,
        expires_at)
      select ${newCallId(clock)}::uuid, project_id, scope_type, scope_key, ${to.id}, unit, window_name, limit_amount,
        thresholds, ${timestamp(clock.now())}::timestamptz, expires_at
      from quota where id = ${id}::uuid`
  }
}
