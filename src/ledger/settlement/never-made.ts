import type { OpenedCall, SettledCall } from '../../core/call.ts'
import { NO_COST_PARTS } from '../../core/cost.ts'
import type { Reservation } from '../../core/quota.ts'
import { NO_USAGE } from '../../core/usage.ts'

/** A call that was let in when nobody waited for it any more. */
export function neverMade(call: OpenedCall, reservations: readonly Reservation[], now: number): SettledCall {
  return {
    ...call,
    status: 'REFUSED',
    finishedAt: now,
    provider: null,
    model: null,
    error: null,
    usage: NO_USAGE,
    cost: { priced: true, parts: NO_COST_PARTS, wasted: 0n, saved: 0n },
    latency: { totalMs: Math.max(0, now - call.createdAt), firstTokenMs: null, overheadMs: 0 },
    attempts: [],
    cacheStatus: 'BYPASS',
    plan: null,
    lastSeq: 0,
    reservations,
    answer: null,
  }
}
