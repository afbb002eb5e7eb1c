import type { Attempt } from '../../core/attempt.ts'
import { addParts, type CallCost, NO_COST_PARTS, totalOf } from '../../core/cost.ts'

/** What a call cost: the sums over its attempts, those that did not answer being wasted. */
export function callCost(attempts: readonly Attempt[]): CallCost {
  const parts = attempts.map(({ cost }) => (cost.priced ? cost.parts : NO_COST_PARTS))
  const wasted = attempts.map(({ cost, outcome }) =>
    cost.priced && outcome !== 'SUCCEEDED' ? totalOf(cost.parts) : 0n,
  )
  return {
    priced: attempts.every(({ cost }) => cost.priced),
    parts: parts.reduce(addParts, NO_COST_PARTS),
    wasted: wasted.reduce((sum, each) => sum + each, 0n),
    saved: 0n,
  }
}
