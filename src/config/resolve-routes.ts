import { parseUsd } from '../core/money.ts'
import type { RouteDefaults, RoutePolicy, RouteSettings, WeightedTarget } from '../core/settings.ts'
import type { PolicyConfig, RouteConfig, RulesConfig } from './define-config.ts'
import { checkProviderOf } from './known-models.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { routeSchema } from './schema/route.ts'

/** What holds where the configuration says nothing. */
export const STANDARD_RULES: RouteDefaults = {
  timeouts: { firstTokenMs: 30_000, idleMs: 30_000, totalMs: 600_000 },
  attempts: { perModel: 2, perCall: 6 },
  midStream: 'RESTART',
  upstream: 'stream',
  maxCost: null,
  onContentRejected: 'fail',
}

/** Rules that go before others, field by field. */
export function mergeRules(base: RouteDefaults, rules: RulesConfig): RouteDefaults {
  const { timeouts, attempts } = rules
  return {
    timeouts: {
      firstTokenMs: timeouts?.firstTokenMs ?? base.timeouts.firstTokenMs,
      idleMs: timeouts?.idleMs ?? base.timeouts.idleMs,
      totalMs: timeouts?.totalMs ?? base.timeouts.totalMs,
    },
    attempts: {
      perModel: attempts?.perModel ?? base.attempts.perModel,
      perCall: attempts?.perCall ?? base.attempts.perCall,
    },
    midStream: rules.midStream ?? base.midStream,
    upstream: rules.upstream ?? base.upstream,
    maxCost: rules.maxCostUsd === undefined ? base.maxCost : parseUsd(rules.maxCostUsd),
    onContentRejected: rules.onContentRejected ?? base.onContentRejected,
  }
}

const NAME = /^[^\s/]{1,64}$/

export function resolveRoutes(
  declared: Readonly<Record<string, unknown>>,
  defaults: RouteDefaults,
  providers: readonly string[],
  problems: Problems,
): readonly RouteSettings[] {
  return Object.entries(declared).flatMap(([name, value]) => {
    const path = `routes.${name}`
    if (!NAME.test(name)) problems.add(path, 'name a route without slashes and spaces: a slash makes it a model')
    const config = readSection(routeSchema, value, path, problems)
    if (config === null) return []
    checkTargets(config, path, providers, problems)
    return { name, policy: resolvePolicy(config, path, problems), ...mergeRules(defaults, config) }
  })
}

function checkTargets(config: RouteConfig, path: string, providers: readonly string[], problems: Problems): void {
  for (const [list, models] of Object.entries(targetLists(config))) {
    for (const [index, model] of models.entries()) {
      checkProviderOf(model, providers, `${path}.${list}.${index}`, problems)
      if (models.indexOf(model) < index) problems.add(`${path}.${list}.${index}`, `"${model}" stands here twice`)
    }
  }
}

function targetLists(policy: PolicyConfig): Readonly<Record<string, readonly string[]>> {
  switch (policy.strategy) {
    case 'complexity':
      return { 'tiers.simple': policy.tiers.simple, 'tiers.complex': policy.tiers.complex }
    case 'weighted':
      return { models: policy.models.map((target) => (typeof target === 'string' ? target : target.model)) }
    default:
      return { models: policy.models }
  }
}

function resolvePolicy(policy: PolicyConfig, path: string, problems: Problems): RoutePolicy {
  switch (policy.strategy) {
    case 'complexity':
      return { strategy: 'complexity', tiers: { simple: policy.tiers.simple, complex: policy.tiers.complex } }
    case 'weighted': {
      const { weights = {} } = policy
      const models = policy.models.map((target): WeightedTarget => {
        const model = typeof target === 'string' ? target : target.model
        const own = typeof target === 'string' ? 1 : target.weight
        return { model, weight: Object.hasOwn(weights, model) ? (weights[model] ?? own) : own }
      })
      for (const model of Object.keys(weights)) {
        if (models.some((target) => target.model === model)) continue
        problems.add(
          `${path}.weights.${model}`,
          "is not among the route's models: add it to them, or remove its weight",
        )
      }
      return { strategy: 'weighted', models }
    }
    default:
      return { strategy: policy.strategy, models: policy.models }
  }
}
