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
}

/** Something that a strategy looked at to decide, as shown to whoever asks why. */
export interface RouteSignal {
  readonly name: string
  readonly value: string
}

/** Who was considered for a call, in which order, and why. */
export interface RoutePlan {
  /** The route's name, or the model that was asked for. */
  readonly route: string
  readonly strategy: string
  /** In the order in which they'd be tried; the ones that are out stand last. */
  readonly candidates: readonly RouteCandidate[]
  readonly signals: readonly RouteSignal[]
}

/** Splits `provider/model` at the first slash; null where there is none or a side is empty. */
export function parseModelId(id: string): ModelRef | null {
  const slash = id.indexOf('/')
  if (slash <= 0 || slash === id.length - 1) return null
  return { provider: id.slice(0, slash), model: id.slice(slash + 1) }
}

export function modelId(ref: ModelRef): string {
  return `${ref.provider}/${ref.model}`
}
