import type { Ability } from './abilities.ts'
import type { Picodollars } from './money.ts'

/** A model that a route may use for this request. */
export interface ModelRef {
  readonly provider: string
  /** The provider's own name for it. */
  readonly model: string
}

/** A candidate in its place, with the reason why it stands there or why it's out. */
export interface RouteCandidate extends ModelRef {
  readonly reason: string
  readonly eligible: boolean
  /** Null where the model has no known price. */
  readonly estimatedCost: Picodollars | null
  /**
   * How long its first token is waited for, in milliseconds. Null or absent where nothing but the call's own deadline
   * bounds that (an answer in one piece), where it is out, and in plans that are older than this field.
   */
  readonly firstTokenTimeoutMs?: number | null
}

/** Something that a strategy looked at to decide, as shown to whoever asks why. */
export interface RouteSignal {
  readonly name: string
  readonly value: string
}

/** The variant of an experiment that a call was assigned to. */
export interface AssignedVariant {
  /** The route's name. */
  readonly experiment: string
  readonly variant: string
  readonly by: 'endUser' | 'tag' | 'chance'
}

/** A model that gets a copy of the request; its answer is never returned. */
export interface PlannedShadow extends ModelRef {
  /** The route that asks for the copy, and whose budget pays for it. */
  readonly route: string
}

/** The version of a route that decided on a call; 0 is the configuration file's. */
export interface UsedVersion {
  readonly route: string
  readonly version: number
}

/** What a request was known to be when it was planned, for whoever asks later how another policy would have treated it. */
export interface PlannedRequest {
  /** About how many tokens the input has. */
  readonly inputTokens: number
  /** The caller's own limit on output; null where it set none. */
  readonly maxOutputTokens: number | null
  readonly needs: readonly Ability[]
}

/** Who was considered for a call, in which order, and why. */
export interface RoutePlan {
  /** The route's name, or the model that was asked for. */
  readonly route: string
  readonly strategy: string
  /** In the order in which they'd be tried; the ones that are out stand last. */
  readonly candidates: readonly RouteCandidate[]
  readonly signals: readonly RouteSignal[]
  /** The experiments that the call takes part in. */
  readonly variants: readonly AssignedVariant[]
  readonly shadows: readonly PlannedShadow[]
  /** Of the route and of those within it, itself first; empty where a model was asked for. */
  readonly versions: readonly UsedVersion[]
  /** Null in plans that are older than this field. */
  readonly request: PlannedRequest | null
}

/** What the routes make of a plan. */
export type RankedPlan = Omit<RoutePlan, 'versions' | 'request'>

/** Splits `provider/model` at the first slash; null where there is none or a side is empty. */
export function parseModelId(id: string): ModelRef | null {
  const slash = id.indexOf('/')
  if (slash <= 0 || slash === id.length - 1) return null
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) }
}

export function modelId(ref: ModelRef): string {
  return `${ref.provider}/${ref.model}`
}
