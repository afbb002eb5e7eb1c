import type { Ability } from './abilities.ts'
import type { ModelInfo } from './catalog.ts'
import type { Conversation } from './conversation.ts'
import type { Picodollars } from './money.ts'
import type { CircuitState } from './provider-health.ts'
import type { ModelRef } from './routing.ts'
import type { Tag } from './tag.ts'

/** How a model has been doing lately, as measured in this process. */
export interface Measured {
  /** The median time to first token, in milliseconds; null where nothing was measured lately. */
  readonly firstTokenMs: number | null
  /** Below this stood nineteen of twenty times to first token, in milliseconds; null with fewer than eight of them. */
  readonly firstTokenP95Ms: number | null
  /** The median speed of output after the first token; null where nothing was measured lately. */
  readonly tokensPerSecond: number | null
  /** The answers that the medians rest on. */
  readonly answers: number
  /** Attempts that failed over the same time. */
  readonly failures: number
  /** Requests under way right now. */
  readonly inFlight: number
}

export const UNMEASURED: Measured = {
  firstTokenMs: null,
  firstTokenP95Ms: null,
  tokensPerSecond: null,
  answers: 0,
  failures: 0,
  inFlight: 0,
}

/** What the last answers of a route used: means over `answers` of them, the latest counting most. */
export interface AnswerHistory {
  readonly answers: number
  readonly outputTokens: number
  /** The share of the input that was read from the provider's cache, from 0 to 1. */
  readonly cachedShare: number
}

/** What a request is expected to use at one model. */
export interface Expectation {
  readonly outputTokens: number
  /** How many of the input tokens are expected to be read from the provider's cache. */
  readonly cachedInputTokens: number
  /** How many answers of this route it is learnt from; 0 where it is the usual guess. */
  readonly answers: number
}

/** A model that can answer the request, with all that a strategy may look at of it. */
export interface Candidate extends ModelRef {
  /** What the route's list says: `provider/model`, or the name of another route, whose first candidate this then is. */
  readonly target: string
  /** Its place in the route's own list, from 0. Places of models that are out are not given to others. */
  readonly place: number
  readonly info: ModelInfo
  /** What this request is expected to cost there; null where the model is unpriced. */
  readonly estimatedCost: Picodollars | null
  readonly expected: Expectation
  readonly measured: Measured
  readonly circuit: CircuitState
}

/** All that a strategy may look at besides the candidates. The same signals give the same ranking. */
export interface Signals {
  readonly conversation: Conversation
  /** About how many tokens the input has. */
  readonly inputTokens: number
  /** The abilities that the request needs. */
  readonly needs: readonly Ability[]
  /** Chance, drawn by the caller: from 0, inclusive, to 1, exclusive. */
  readonly draw: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** The name of the project that asks. */
  readonly project: string
  readonly tags: readonly Tag[]
  readonly endUser: string | null
}
