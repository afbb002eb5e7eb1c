import type { ModelRef, PlannedRequest, RouteSignal } from './routing.ts'
import type { RouteSettings } from './settings.ts'
import type { Tag } from './tag.ts'
import type { TimeRange } from './time-range.ts'
import type { TokenUsage } from './usage.ts'

/** Calls to look for. */
export interface ReplayableQuery {
  /** What they asked for. */
  readonly requestedModel: string
  readonly range: TimeRange
  /** No more than this many are taken, drawn by chance. */
  readonly sample: number
}

/** An answered call, as far as another policy's choice and cost depend on it. */
export interface ReplayableCall extends ModelRef {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly endUser: string | null
  readonly tags: readonly Tag[]
  /** Of the attempt that answered. */
  readonly usage: TokenUsage
  /** Of all attempts, in picodollars; null where one of them is unpriced. */
  readonly cost: bigint | null
  /** How much of it went to attempts that did not answer. */
  readonly wasted: bigint
  readonly signals: readonly RouteSignal[]
  readonly request: PlannedRequest | null
}

export interface ReplaySample {
  /** How many calls there are. */
  readonly total: number
  readonly calls: readonly ReplayableCall[]
}

/** Calls to replay, and the policy to do it under. */
export interface ReplayQuery extends ReplayableQuery {
  readonly route: RouteSettings
  /** All routes that it may name, itself among them. */
  readonly routes: readonly RouteSettings[]
}

/** What becomes of one model's share. Amounts are picodollars. */
export interface ReplayedModel extends ModelRef {
  readonly callsBefore: number
  readonly callsAfter: number
  readonly costBefore: bigint
  readonly costAfter: bigint
}

export interface ReplayReport {
  /** How many calls there are; `sampled` of them were looked at. */
  readonly calls: number
  readonly sampled: number
  /** Of those, how many the policy could be asked about. */
  readonly replayed: number
  /** Replayed calls that would have gone to another model. */
  readonly moved: number
  /** Replayed calls that no candidate of the policy could have answered. */
  readonly refused: number
  /** Replayed calls whose cost is unknown before or after; they are in neither cost. */
  readonly unpriced: number
  readonly costBefore: bigint
  /** How much of `costBefore` went to attempts that did not answer. */
  readonly wastedBefore: bigint
  readonly costAfter: bigint
  /** By cost after, highest first. */
  readonly models: readonly ReplayedModel[]
  readonly notReplayed: readonly { readonly reason: string; readonly calls: number }[]
  /** What was assumed, for people. */
  readonly assumptions: readonly string[]
}
