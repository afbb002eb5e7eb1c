import type { Attempt } from '../../core/attempt.ts'
import { totalOf } from '../../core/cost.ts'
import type { Picodollars } from '../../core/money.ts'
import { type ModelRef, modelId } from '../../core/routing.ts'
import { insertByNumber } from './insert-by-number.ts'

/** What a call has tried so far. */
export interface Tries {
  /** By number; they may end in another order. */
  readonly attempts: readonly Attempt[]
  /** The number of the next attempt, another one each time. */
  nextNumber(): number
  add(attempt: Attempt): void
  /** Requests sent so far, those left out that only found a key dead. */
  requests(): number
  /** The same, to this model alone. */
  requestsOf(ref: ModelRef): number
  /** What all attempts cost together, as far as they are priced. */
  spent(): Picodollars
}

export function tries(): Tries {
  const attempts: Attempt[] = []
  let number = 0
  const sent = () => attempts.filter((each) => each.outcome !== 'SHORT_CIRCUITED' && !foundKeyDead(each))
  return {
    attempts,
    nextNumber() {
      number += 1
      return number
    },
    add: (attempt) => insertByNumber(attempts, attempt),
    requests: () => sent().length,
    requestsOf: (ref) => sent().filter((each) => modelId(each) === modelId(ref)).length,
    spent: () => attempts.reduce((sum, { cost }) => sum + (cost.priced ? totalOf(cost.parts) : 0n), 0n),
  }
}

function foundKeyDead({ failure }: Attempt): boolean {
  return failure?.kind === 'AUTHENTICATION' || failure?.kind === 'BILLING'
}
