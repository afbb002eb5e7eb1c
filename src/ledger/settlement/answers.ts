import type postgres from 'postgres'
import type { SettledCall } from '../../core/call.ts'
import { holdOffErasures, notErased } from '../payload/erasure-mark.ts'

const KEEP = `
  update idempotency set answer = $1::text::json
  where call_id = $2::uuid and project_id = $3::uuid
    and ${notErased({
      projectId: 'idempotency.project_id',
      createdAt: 'call_created_at',
      callId: 'idempotency.call_id',
      endUser: '$4::text',
    })}`

/** Puts answers where a repeat of their calls, under the same idempotency key, finds them. */
export async function keepAnswers(tx: postgres.TransactionSql, calls: readonly SettledCall[]): Promise<void> {
  const answered = calls.filter((call) => call.answer !== null)
  if (answered.length > 0) await holdOffErasures(tx)
  for (const { id, projectId, endUser, answer } of answered) {
    const values = [JSON.stringify(answer), id, projectId, endUser]
    await tx.unsafe(KEEP, values, { prepare: true })
  }
}
