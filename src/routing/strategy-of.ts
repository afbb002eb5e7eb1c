import { modelsOf, targetsOf } from '../core/route-policy.ts'
import type { RouteSettings } from '../core/settings.ts'
import { choosing, comparing } from './compose.ts'
import type { Nest } from './members.ts'
import { cheapest } from './strategies/cheapest.ts'
import { complexity } from './strategies/complexity.ts'
import { custom } from './strategies/custom.ts'
import { experiment } from './strategies/experiment.ts'
import { fastest } from './strategies/fastest.ts'
import { leastBusy } from './strategies/least-busy.ts'
import { priority } from './strategies/priority.ts'
import { rules } from './strategies/rules.ts'
import { shadow } from './strategies/shadow.ts'
import { weighted } from './strategies/weighted.ts'
import type { Strategy } from './strategy.ts'

type NamedRoute = Pick<RouteSettings, 'name' | 'policy'>

/**
 * The strategy of a route, ready to rank.
 * @param routes those that its targets may name; one that leads back to a route on the way there is left out
 */
export function strategyOf(route: NamedRoute, routes: readonly RouteSettings[]): Strategy {
  return strategyWithin(route, routes, [])
}

function strategyWithin(route: NamedRoute, routes: readonly RouteSettings[], outer: readonly string[]): Strategy {
  const { name, policy } = route
  const targets = targetsOf(policy)
  const within = [...outer, name]
  const nest: Nest = {
    find: (target) => (within.includes(target) ? null : (routes.find((each) => each.name === target) ?? null)),
    strategyOf: (inner) => strategyWithin(inner, routes, within),
    modelsOf: (inner) => modelsOf(inner.policy, routes),
  }
  switch (policy.strategy) {
    case 'priority':
      return comparing(targets, priority, nest)
    case 'cheapest':
      return comparing(targets, cheapest, nest)
    case 'fastest':
      return comparing(targets, fastest(policy), nest)
    case 'leastBusy':
      return comparing(targets, leastBusy, nest)
    case 'weighted':
      return comparing(targets, weighted(name, policy), nest)
    case 'complexity':
      return choosing(complexity(policy.tiers), nest)
    case 'rules':
      return choosing(rules(policy), nest)
    case 'experiment':
      return choosing(experiment(name, policy), nest)
    case 'shadow':
      return shadow(name, policy, comparing(targets, priority, nest))
    case 'custom':
      return comparing(targets, custom(policy.rank), nest)
  }
}
