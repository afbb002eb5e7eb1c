import { parseUsd } from '../core/money.ts'
import type { RoutePolicy, RoutingRule, RuleCondition, StickyKey, WeightedTarget } from '../core/route-policy.ts'
import type { PolicyConfig } from './policy-config.ts'
import type { Problems } from './problem.ts'

/** The share of requests that explore where the configuration says nothing. */
const STANDARD_EXPLORE = 0.05

type Weighted = Extract<PolicyConfig, { readonly strategy: 'weighted' }>
type Rule = Extract<PolicyConfig, { readonly strategy: 'rules' }>['rules'][number]
type When = Rule['when']

/** A policy as it is configured, complete. */
export function resolvePolicy(policy: PolicyConfig, path: string, problems: Problems): RoutePolicy {
  switch (policy.strategy) {
    case 'priority':
    case 'cheapest':
    case 'leastBusy':
      return { strategy: policy.strategy, models: policy.models }
    case 'fastest':
      return { strategy: 'fastest', models: policy.models, explore: policy.explore ?? STANDARD_EXPLORE }
    case 'weighted':
      return weighted(policy, path, problems)
    case 'complexity':
      return { strategy: 'complexity', tiers: { simple: policy.tiers.simple, complex: policy.tiers.complex } }
    case 'rules':
      return { strategy: 'rules', rules: policy.rules.map(rule), otherwise: policy.otherwise ?? [] }
    case 'experiment': {
      const variants = Object.entries(policy.variants).map(([name, { weight, models }]) => ({
        name,
        weight: weight ?? 1,
        models,
      }))
      return { strategy: 'experiment', variants, stickyBy: stickyKey(policy.stickyBy ?? 'endUser') }
    }
    case 'shadow': {
      const { models, shadows, share, budget } = policy
      return { strategy: 'shadow', models, shadows, share, budget: { amount: parseUsd(budget.usd), per: budget.per } }
    }
    default:
      return { strategy: 'custom', models: policy.models, rank: policy.strategy }
  }
}

function weighted({ models: listed, weights = {}, stickyBy }: Weighted, path: string, problems: Problems): RoutePolicy {
  const models = listed.map((target): WeightedTarget => {
    const model = typeof target === 'string' ? target : target.model
    const own = typeof target === 'string' ? 1 : target.weight
    return { model, weight: Object.hasOwn(weights, model) ? (weights[model] ?? own) : own }
  })
  for (const model of Object.keys(weights)) {
    if (models.some((target) => target.model === model)) continue
    problems.add(`${path}.weights.${model}`, "is not among the route's models: add it to them, or remove its weight")
  }
  return { strategy: 'weighted', models, stickyBy: stickyBy === undefined ? null : stickyKey(stickyBy) }
}

function stickyKey(by: NonNullable<Weighted['stickyBy']>): StickyKey {
  return by === 'endUser' ? { type: 'endUser' } : { type: 'tag', key: by.tag }
}

function rule({ name, when, models }: Rule, index: number): RoutingRule {
  return { name: name ?? `${index + 1}`, when: conditions(when), models }
}

function conditions({ tags = {}, project, endUser, inputTokens, needs, time }: When): readonly RuleCondition[] {
  const all: (RuleCondition | null)[] = [
    ...Object.entries(tags).map(([key, values]) => ({ type: 'tag', key, values: listed(values) }) as const),
    project === undefined ? null : { type: 'project', names: listed(project) },
    endUser === undefined ? null : { type: 'endUser', ids: listed(endUser) },
    inputTokens === undefined
      ? null
      : { type: 'inputTokens', atLeast: inputTokens.atLeast ?? null, atMost: inputTokens.atMost ?? null },
    needs === undefined ? null : { type: 'needs', abilities: needs },
    time === undefined ? null : timeCondition(time),
  ]
  return all.filter((condition) => condition !== null)
}

function timeCondition({ zone, days, from, to }: NonNullable<When['time']>): RuleCondition {
  return { type: 'time', zone: zone ?? 'UTC', days: days ?? [], from: minutes(from), to: minutes(to) }
}

function minutes(time = '00:00'): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number)
  return hours * 60 + rest
}

/** A text is a list of one. */
export function listed(values: string | readonly string[] | undefined): readonly string[] {
  if (values === undefined) return []
  return typeof values === 'string' ? [values] : values
}
