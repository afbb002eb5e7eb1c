import type { ModelInfo } from '../core/catalog.ts'
import type { Conversation } from '../core/conversation.ts'
import type { Picodollars } from '../core/money.ts'
import type { CircuitState } from '../core/provider-health.ts'
import type { Tag } from '../core/request.ts'
import type { ModelRef, RouteSignal } from '../core/routing.ts'

/** A model that can answer the request, with all that a strategy may look at of it. */
export interface Candidate extends ModelRef {
  /** Its place in the route's own list, from 0. Places of models that are out are not given to others. */
  readonly place: number
  readonly info: ModelInfo
  /** What this request is expected to cost there; null where the model is unpriced. */
  readonly estimatedCost: Picodollars | null
  readonly circuit: CircuitState
}

/** All that a strategy may look at besides the candidates. The same signals give the same ranking. */
export interface Signals {
  readonly conversation: Conversation
  /** About how many tokens the input has. */
  readonly inputTokens: number
  /** How many of them are known to be in a provider's cache. */
  readonly cachedInputTokens: number
  readonly expectedOutputTokens: number
  /** Chance, drawn by the caller: from 0, inclusive, to 1, exclusive. */
  readonly draw: number
  /** Milliseconds since 1970. */
  readonly now: number
  readonly tags: readonly Tag[]
  readonly endUser: string | null
}

/** A candidate in its place. */
export interface Ranked {
  readonly candidate: Candidate
  /** Why it stands there, as a short sentence for people. */
  readonly reason: string
}

export interface Ranking {
  /** Every candidate once, in the order in which they'd be tried. */
  readonly ordered: readonly Ranked[]
  /** What decided; empty where the reasons say it all. */
  readonly signals: readonly RouteSignal[]
}

/**
 * The algorithm of a route: puts candidates in order. It never adds one, never loses one (what can't answer was taken
 * out before), and asks no clock, chance or network. Strategies nest: one may hand parts of the candidates to another.
 */
export type Strategy = (candidates: readonly Candidate[], signals: Signals) => Ranking
