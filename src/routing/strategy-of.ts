import type { RoutePolicy } from '../core/settings.ts'
import { cheapest } from './strategies/cheapest.ts'
import { complexity } from './strategies/complexity.ts'
import { priority } from './strategies/priority.ts'
import { weighted } from './strategies/weighted.ts'
import type { Strategy } from './strategy.ts'

/** The strategy of a policy, ready to rank. */
export function strategyOf(policy: RoutePolicy): Strategy {
  switch (policy.strategy) {
    case 'priority':
      return priority
    case 'cheapest':
      return cheapest
    case 'weighted':
      return weighted(policy.models)
    case 'complexity':
      return complexity(policy.tiers)
  }
}

/** Every model that a policy may choose, as `provider/model`, each once, in the policy's order. */
export function modelsOf(policy: RoutePolicy): readonly string[] {
  return [...new Set(listed(policy))]
}

function listed(policy: RoutePolicy): readonly string[] {
  switch (policy.strategy) {
    case 'priority':
    case 'cheapest':
      return policy.models
    case 'weighted':
      return policy.models.map(({ model }) => model)
    case 'complexity':
      return [...policy.tiers.simple, ...policy.tiers.complex]
  }
}
