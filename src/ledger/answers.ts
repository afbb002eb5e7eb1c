import type postgres from 'postgres'
import type { SettledCall } from '../core/ledger.ts'

/** Puts answers where a repeat of their calls, under the same idempotency key, finds them. */
export async function keepAnswers(tx: postgres.TransactionSql, calls: readonly SettledCall[]): Promise<void> {
  for (const call of calls) {
    if (call.answer === null) continue
    const answer = JSON.stringify(call.answer)
    await tx`
      update idempotency set answer = ${answer}::text::json
      where call_id = ${call.id}::uuid and project_id = ${call.projectId}::uuid`
  }
}
