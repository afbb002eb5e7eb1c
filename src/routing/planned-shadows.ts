import { costOf } from '../core/catalog.ts'
import { totalOf } from '../core/cost.ts'
import { modelId, type PlannedShadow, parseModelId, type RouteSignal } from '../core/routing.ts'
import type { CandidateFacts } from './candidate-facts.ts'
import { expectedUsage } from './expected-usage.ts'
import { type Demand, obstacle } from './obstacle.ts'
import { unmet } from './requirements.ts'
import type { WantedShadow } from './strategy.ts'

interface Shadows {
  readonly planned: readonly PlannedShadow[]
  /** Why those get no copy that were wanted. */
  readonly signals: readonly RouteSignal[]
}

/**
 * The shadows that can and may get a copy: those that could answer the request, meet what the route and those within it
 * require, and have a price, without which no budget can be kept. What the call itself may cost does not bound them.
 */
export function plannedShadows(
  wanted: readonly WantedShadow[],
  facts: readonly CandidateFacts[],
  demand: Demand,
): Shadows {
  const judged = wanted.map((shadow) => ({ shadow, reason: stopped(shadow, facts, demand) }))
  return {
    planned: judged.flatMap(({ shadow: { model, route }, reason }) => {
      const ref = reason === null ? parseModelId(model) : null
      return ref === null ? [] : [{ ...ref, route }]
    }),
    signals: judged.flatMap(({ shadow: { model }, reason }) =>
      reason === null ? [] : [{ name: 'shadow', value: `no copy to ${model}: ${reason}` }],
    ),
  }
}

function stopped({ model, requires }: WantedShadow, facts: readonly CandidateFacts[], demand: Demand): string | null {
  const known = facts.find(({ ref }) => modelId(ref) === model)
  if (known === undefined) return 'its provider is not configured'
  if (known.price === null) return 'it has no known price, so the budget could not be kept'
  for (const each of requires) {
    const lack = unmet(each, known.info)
    if (lack !== null) return lack
  }
  const estimatedCost = totalOf(costOf(expectedUsage(demand.inputTokens, known.expected), known.price))
  return obstacle({ ...known, estimatedCost }, { ...demand, maxCost: null })
}
