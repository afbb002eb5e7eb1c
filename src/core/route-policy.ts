import type { Ability } from './abilities.ts'
import type { Candidate, Signals } from './candidate.ts'
import type { Picodollars } from './money.ts'

/**
 * How a route chooses. Every target is a model as `provider/model` or, without a slash, the name of another route, which
 * then chooses among its own.
 */
export type RoutePolicy =
  | { readonly strategy: 'priority' | 'cheapest' | 'leastBusy'; readonly models: readonly string[] }
  | FastestPolicy
  | WeightedPolicy
  | { readonly strategy: 'complexity'; readonly tiers: ComplexityTiers }
  | RulesPolicy
  | ExperimentPolicy
  | ShadowPolicy
  | CustomPolicy

export type StrategyName = RoutePolicy['strategy']

export interface FastestPolicy {
  readonly strategy: 'fastest'
  readonly models: readonly string[]
  /** The share of requests that first ask the target about which least is known, from 0 to 1. */
  readonly explore: number
}

export interface WeightedPolicy {
  readonly strategy: 'weighted'
  readonly models: readonly WeightedTarget[]
  /** What keeps its first target from request to request; null draws for each request. */
  readonly stickyBy: StickyKey | null
}

export interface WeightedTarget {
  readonly model: string
  /** Above zero; the chance to stand first is this weight by the sum of all. */
  readonly weight: number
}

/** What requests have in common that are treated alike. */
export type StickyKey = { readonly type: 'endUser' } | { readonly type: 'tag'; readonly key: string }

export interface ComplexityTiers {
  /** Tried in order for a simple request; the complex tier stands behind it. */
  readonly simple: readonly string[]
  /** Tried in order for a complex request; the simple tier stands behind it. */
  readonly complex: readonly string[]
}

export interface RulesPolicy {
  readonly strategy: 'rules'
  /** The first whose conditions all hold decides. */
  readonly rules: readonly RoutingRule[]
  /** Where none holds; empty turns such requests away. */
  readonly otherwise: readonly string[]
}

export interface RoutingRule {
  readonly name: string
  /** All must hold; none at all holds always. */
  readonly when: readonly RuleCondition[]
  /** Tried in order, and no others. */
  readonly models: readonly string[]
}

/** A list of values holds where any of them does. */
export type RuleCondition =
  | { readonly type: 'tag'; readonly key: string; readonly values: readonly string[] }
  | { readonly type: 'project'; readonly names: readonly string[] }
  | { readonly type: 'endUser'; readonly ids: readonly string[] }
  /** Both inclusive; null sets no bound. */
  | { readonly type: 'inputTokens'; readonly atLeast: number | null; readonly atMost: number | null }
  /** All of these are needed. */
  | { readonly type: 'needs'; readonly abilities: readonly Ability[] }
  | TimeCondition

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

export interface TimeCondition {
  readonly type: 'time'
  /** Of the time zone database: `Europe/Berlin`. */
  readonly zone: string
  /** The days on which it may hold, by the moment's own date; empty means all. */
  readonly days: readonly Weekday[]
  /** Minutes since midnight, inclusive. */
  readonly from: number
  /** Minutes since midnight, exclusive. At or before `from` it means the next morning. */
  readonly to: number
}

export interface ExperimentPolicy {
  readonly strategy: 'experiment'
  /** At least two, of different names. */
  readonly variants: readonly ExperimentVariant[]
  /** What keeps its variant; requests that lack it are assigned by chance. */
  readonly stickyBy: StickyKey
}

export interface ExperimentVariant {
  readonly name: string
  /** Above zero. */
  readonly weight: number
  /** Tried in order, and none of another variant's. */
  readonly models: readonly string[]
}

export interface ShadowPolicy {
  readonly strategy: 'shadow'
  /** Who answers, in order. */
  readonly models: readonly string[]
  /** Who gets a copy, as `provider/model`. Its answer is never returned. */
  readonly shadows: readonly string[]
  /** The share of requests of which a copy is sent, from 0 to 1. */
  readonly share: number
  readonly budget: ShadowBudget
}

/** The most that copies may cost in one hour or day of UTC, for each project. */
export interface ShadowBudget {
  readonly amount: Picodollars
  readonly per: 'hour' | 'day'
}

export interface CustomPolicy {
  readonly strategy: 'custom'
  readonly models: readonly string[]
  readonly rank: CustomStrategy
}

/**
 * A strategy of the user's own: puts the candidates in order. It must be quick, give the same order for the same
 * arguments, and return each candidate's `target` once, with a reason where it has one. Where it throws or returns
 * anything else, the route's own order holds.
 */
export type CustomStrategy = (candidates: readonly Candidate[], signals: Signals) => readonly CustomRank[]

export type CustomRank = string | { readonly target: string; readonly reason: string }

/** What a policy's lists name, each once, in the policy's order: models and other routes. */
export function targetsOf(policy: RoutePolicy): readonly string[] {
  return [...new Set(listedTargets(policy))]
}

function listedTargets(policy: RoutePolicy): readonly string[] {
  switch (policy.strategy) {
    case 'weighted':
      return policy.models.map(({ model }) => model)
    case 'complexity':
      return [...policy.tiers.simple, ...policy.tiers.complex]
    case 'rules':
      return [...policy.rules.flatMap(({ models }) => models), ...policy.otherwise]
    case 'experiment':
      return policy.variants.flatMap(({ models }) => models)
    default:
      return policy.models
  }
}

/** A target without a slash is a route. */
export function isRouteName(target: string): boolean {
  return !target.includes('/')
}

/** A route as far as nesting goes. */
export interface NamedPolicy {
  readonly name: string
  readonly policy: RoutePolicy
}

/** Every policy that a policy reaches, itself first, each once. */
export function policiesWithin(policy: RoutePolicy, routes: readonly NamedPolicy[]): readonly RoutePolicy[] {
  const reached: RoutePolicy[] = []
  const visit = (each: RoutePolicy) => {
    if (reached.includes(each)) return
    reached.push(each)
    for (const target of targetsOf(each).filter(isRouteName)) {
      const route = routes.find(({ name }) => name === target)
      if (route !== undefined) visit(route.policy)
    }
  }
  visit(policy)
  return reached
}

/** Every model that a policy may choose, those of the routes that it names included, each once, in the policy's order. */
export function modelsOf(policy: RoutePolicy, routes: readonly NamedPolicy[]): readonly string[] {
  return [...new Set(flattened(policy, routes, []))]
}

function flattened(
  policy: RoutePolicy,
  routes: readonly NamedPolicy[],
  within: readonly RoutePolicy[],
): readonly string[] {
  if (within.includes(policy)) return []
  return targetsOf(policy).flatMap((target) => {
    if (!isRouteName(target)) return [target]
    const route = routes.find(({ name }) => name === target)
    return route === undefined ? [] : flattened(route.policy, routes, [...within, policy])
  })
}
