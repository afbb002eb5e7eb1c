import type { SettledCall } from '../../core/call.ts'
import { totalOf } from '../../core/cost.ts'
import type { QuotaUnit } from '../../core/quota.ts'
import type { Charge } from './reservations-json.ts'

/** What a call used of each window that it reserved something of. */
export function chargesOf(call: SettledCall): Charge[] {
  return call.reservations.map(({ quotaId, windowStart, subject, unit }) => ({
    quotaId,
    windowStart,
    subject,
    unit,
    used: USED[unit](call),
  }))
}

/** What a call used of a quota: of all its attempts, as it was all spent. */
const USED = {
  USD: (call) => totalOf(call.cost.parts),
  TOKENS: (call) =>
    call.attempts.reduce((sum, { usage }) => sum + BigInt(usage ? usage.inputTokens + usage.outputTokens : 0), 0n),
  REQUESTS: (call) => (call.status === 'REFUSED' ? 0n : 1n),
  CONCURRENT_CALLS: () => 0n,
} as const satisfies Record<QuotaUnit, (call: SettledCall) => bigint>
