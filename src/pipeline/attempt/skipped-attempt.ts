import type { Attempt } from '../../core/attempt.ts'
import type { Clock } from '../../core/clock.ts'
import { FREE } from '../../core/cost.ts'
import type { ModelRef } from '../../core/routing.ts'
import type { Unavailable } from '../../resilience/upstreams.ts'

/** Why a candidate is skipped without a request. */
export type Obstacle = Unavailable | { readonly type: 'budgetSpent' } | { readonly type: 'quotaSpent' }

const BECAUSE = {
  circuitOpen: 'it kept failing, so its circuit is open for another',
  keysCooling: 'the provider limits the rate of its keys for another',
  keysOut: 'the provider turned its keys down; they are probed in',
} satisfies Record<Unavailable['because'], string>

/** An attempt that was not made, for the ledger and for whoever asks why. */
export function skippedAttempt(number: number, ref: ModelRef, obstacle: Obstacle, clock: Clock): Attempt {
  return {
    number,
    provider: ref.provider,
    model: ref.model,
    answeredModel: null,
    key: null,
    serviceTier: null,
    outcome: 'SHORT_CIRCUITED',
    failure: { message: `Not asked: ${reason(obstacle)}`, kind: null, httpStatus: null },
    startedAt: clock.now(),
    durationMs: 0,
    firstTokenMs: null,
    usage: null,
    cost: FREE,
  }
}

function reason(obstacle: Obstacle): string {
  if (obstacle.type === 'quotaSpent') return 'what is left of a quota does not pay for its answer'
  if (obstacle.type === 'budgetSpent') return 'what is left of maxCostUsd does not pay for its answer'
  return `${BECAUSE[obstacle.because]} ${(obstacle.freeInMs / 1000).toFixed(1)} s`
}
