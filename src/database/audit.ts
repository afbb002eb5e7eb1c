import type postgres from 'postgres'
import type { AuditRecord } from '../core/audit.ts'
import { newCallId, timeOfCallId } from '../core/call-id.ts'
import type { Clock } from '../core/clock.ts'
import { jsonb, timestamp } from './row-arrays.ts'

/** Writes down what an administrator did, in the transaction that does it: there is never the one without the other. */
export async function appendAudit(tx: postgres.TransactionSql, clock: Clock, record: AuditRecord): Promise<void> {
  const id = newCallId(clock)
  const at = timestamp(timeOfCallId(id) ?? clock.now())
  const { projectId, apiKeyId, action, subject, changes, comment } = record
  await tx`
    insert into audit (id, at, project_id, api_key_id, action, subject, changes, comment)
    values (
      ${id}::uuid, ${at}::timestamptz, ${projectId}::uuid, ${apiKeyId}::uuid, ${action}, ${subject},
      ${jsonb(changes)}::text::jsonb, ${comment}
    )`
}
