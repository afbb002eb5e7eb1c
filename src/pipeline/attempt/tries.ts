import type { Attempt } from '../../core/attempt.ts'
import { totalOf } from '../../core/cost.ts'
import type { Picodollars } from '../../core/money.ts'
import { type ModelRef, modelId } from '../../core/routing.ts'

/** What a call has tried so far. */
export interface Tries {
  readonly attempts: readonly Attempt[]
  /** The number of the next attempt. */
  nextNumber(): number
  add(attempt: Attempt): void
  /** Requests sent so far. */
  requests(): number
  /** Requests sent to this model so far, those left out that only found a key dead. */
  requestsOf(ref: ModelRef): number
  /** What all attempts cost together, as far as they are priced. */
  spent(): Picodollars
}

export function tries(): Tries {
  const attempts: Attempt[] = []
  const sent = () => attempts.filter((attempt) => attempt.outcome !== 'SHORT_CIRCUITED')
  return {
    attempts,
    nextNumber: () => attempts.length + 1,
    add: (attempt) => attempts.push(attempt),
    requests: () => sent().length,
    requestsOf: (ref) => sent().filter((each) => modelId(each) === modelId(ref) && !foundKeyDead(each)).length,
    spent: () => attempts.reduce((sum, { cost }) => sum + (cost.priced ? totalOf(cost.parts) : 0n), 0n),
  }
}

function foundKeyDead({ failure }: Attempt): boolean {
  return failure?.kind === 'AUTHENTICATION' || failure?.kind === 'BILLING'
}
