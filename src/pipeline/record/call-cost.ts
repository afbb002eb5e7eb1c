import type { Attempt } from '../../core/attempt.ts'
import { addParts, type CallCost, NO_COST_PARTS, totalOf } from '../../core/cost.ts'

/**
 * What a call cost: the sums over its attempts, those that did not answer being wasted.
 * @param inPart the numbers of those that broke off but gave the beginning of the answer
 */
export function callCost(attempts: readonly Attempt[], inPart: readonly number[]): CallCost {
  const parts = attempts.map(({ cost }) => (cost.priced ? cost.parts : NO_COST_PARTS))
  const wasted = attempts.map(({ cost, outcome, number }) =>
    cost.priced && outcome !== 'SUCCEEDED' && !inPart.includes(number) ? totalOf(cost.parts) : 0n,
  )
  return {
    priced: attempts.every(({ cost }) => cost.priced),
    parts: parts.reduce(addParts, NO_COST_PARTS),
    wasted: wasted.reduce((sum, each) => sum + each, 0n),
    saved: 0n,
  }
}
