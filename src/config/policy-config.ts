import type { Ability } from '../core/abilities.ts'
import type { CustomStrategy, Weekday } from '../core/route-policy.ts'

/**
 * How a route chooses. Wherever models are listed, as `provider/model`, another route may be named too, which then
 * chooses among its own by its own strategy and its own `requires`; timeouts, attempts and the like are those of the route
 * that was asked for.
 */
export type PolicyConfig =
  /** In this order; or what costs least for the request; or whoever has the fewest requests under way here. */
  | { readonly strategy: 'priority' | 'cheapest' | 'leastBusy'; readonly models: readonly string[] }
  | FastestConfig
  | WeightedConfig
  /** Simple requests to one list of models, complex ones to another; each stands behind the other. */
  | {
      readonly strategy: 'complexity'
      readonly tiers: { readonly simple: readonly string[]; readonly complex: readonly string[] }
    }
  | RulesStrategyConfig
  | ExperimentConfig
  | ShadowConfig
  /** By a function of your own; `models` is the order that holds where it fails. Not in a JSON file. */
  | { readonly strategy: CustomStrategy; readonly models: readonly string[] }

/** Whoever is expected to have the whole answer ready first, by what was measured here over the last ten minutes. */
interface FastestConfig {
  readonly strategy: 'fastest'
  readonly models: readonly string[]
  /** The share of requests that try the one that was asked least lately, from 0 to 1. 0.05 by default. */
  readonly explore?: number | undefined
}

/** Each stands first as often as its weight says; 1 where none is given. */
interface WeightedConfig {
  readonly strategy: 'weighted'
  readonly models: readonly (string | { readonly model: string; readonly weight: number })[]
  readonly weights?: Readonly<Record<string, number>> | undefined
  /** Draws the same for the same end user or value of a tag. Without it each request is drawn for itself. */
  readonly stickyBy?: StickyConfig | undefined
}

type StickyConfig = 'endUser' | { readonly tag: string }

/** The models of the first rule that applies, in order, and no others. */
interface RulesStrategyConfig {
  readonly strategy: 'rules'
  readonly rules: readonly RuleConfig[]
  /** Where no rule applies; without it such requests are turned away. */
  readonly otherwise?: readonly string[] | undefined
}

interface RuleConfig {
  /** What reasons call it; by default its number. */
  readonly name?: string | undefined
  /** All that is said here must hold; where a list is given, any of its values. */
  readonly when: RuleConditionsConfig
  readonly models: readonly string[]
}

interface RuleConditionsConfig {
  /** Values by key. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** The names of projects. */
  readonly project?: string | readonly string[] | undefined
  readonly endUser?: string | readonly string[] | undefined
  /** About how many tokens the input has, both inclusive. */
  readonly inputTokens?: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined } | undefined
  /** All of these are needed: images need `vision`, tools `tools`, an output schema `jsonSchema`. */
  readonly needs?: readonly Ability[] | undefined
  readonly time?: TimeConfig | undefined
}

interface TimeConfig {
  /** Of the time zone database, such as `Europe/Berlin`. `UTC` by default. */
  readonly zone?: string | undefined
  /** By the date of the moment itself: the night after Friday is half Saturday. All days by default. */
  readonly days?: readonly Weekday[] | undefined
  /** Such as `08:00`, inclusive. Midnight by default. */
  readonly from?: string | undefined
  /** Such as `18:30`, exclusive; before `from` it means the next morning. Midnight by default. */
  readonly to?: string | undefined
}

/** Named variants, to be compared; the route's name is the experiment's. */
interface ExperimentConfig {
  readonly strategy: 'experiment'
  readonly variants: Readonly<Record<string, ExperimentVariantConfig>>
  /** What keeps its variant. `endUser` by default. */
  readonly stickyBy?: StickyConfig | undefined
}

interface ExperimentVariantConfig {
  /** The share of the traffic is this by the sum of all. 1 by default. */
  readonly weight?: number | undefined
  /** Tried in order, and none of another variant's. */
  readonly models: readonly string[]
}

/**
 * Answers by `models`, in order, and sends a copy of some requests to other models, whose answers are kept in the ledger
 * for a day and never returned.
 */
interface ShadowConfig {
  readonly strategy: 'shadow'
  readonly models: readonly string[]
  /** Who gets the copies, as `provider/model`. */
  readonly shadows: readonly string[]
  /** The share of requests of which copies are sent, from 0 to 1. */
  readonly share: number
  /** What all copies may cost, for each project; where it is used up, no more are sent. */
  readonly budget: { readonly usd: string; readonly per: 'hour' | 'day' }
}
