import type { Candidate, Signals } from '../core/candidate.ts'
import type { AssignedVariant, RouteSignal } from '../core/routing.ts'
import type { Requirements } from '../core/settings.ts'

/** A candidate in its place. */
export interface Ranked {
  readonly candidate: Candidate
  /** Why it stands there, as a short sentence for people. */
  readonly reason: string
}

/** A model that a policy wants to get a copy of the request. */
export interface WantedShadow {
  /** As `provider/model`. */
  readonly model: string
  /** The route that wants it. */
  readonly route: string
  /** What the routes between the plan's own and the one that wants it ask of a model. */
  readonly requires: readonly Requirements[]
}

export interface Ranking {
  /** In the order in which they'd be tried. */
  readonly ordered: readonly Ranked[]
  /** Those that the policy itself rules out for this request. Together with `ordered`: every candidate once. */
  readonly out: readonly Ranked[]
  /** What decided; empty where the reasons say it all. */
  readonly signals: readonly RouteSignal[]
  readonly variants: readonly AssignedVariant[]
  readonly shadows: readonly WantedShadow[]
}

/**
 * The algorithm of a route: puts candidates in order. It never adds one, never loses one, and asks no clock, chance or
 * network: the same signals give the same ranking.
 */
export type Strategy = (candidates: readonly Candidate[], signals: Signals) => Ranking

/**
 * A strategy that compares: puts one candidate per target in order, all of them. Where a target is a route, its first
 * candidate stands for it.
 */
export type Comparison = (candidates: readonly Candidate[], signals: Signals) => Pick<Ranking, 'ordered' | 'signals'>

/** A strategy that decides by the request alone which targets are meant. */
export type Choice = (signals: Signals, canAnswer: (targets: readonly string[]) => boolean) => Chosen

export interface Chosen {
  /** Tried in this order. */
  readonly lists: readonly ChosenList[]
  /** Why targets that are in no list are out. */
  readonly otherwise: string
  readonly signals: readonly RouteSignal[]
  readonly variants: readonly AssignedVariant[]
}

export interface ChosenList {
  readonly targets: readonly string[]
  /** Why its targets stand where they do. */
  readonly reason: string
}
