import type { Sketch } from './sketch.ts'

export type CircuitState = 'CLOSED' | 'OPEN' | 'HALF_OPEN'

/** How a provider has been doing lately, as measured here. */
export interface ProviderHealth {
  readonly name: string
  /** OPEN when all its circuits are, HALF_OPEN while one probes. */
  readonly circuit: CircuitState
  /** The share of attempts that failed, from 0 to 1; null where there was none lately. */
  readonly errorRate: number | null
  readonly firstToken: Sketch
}

/** How one model has been doing with one key of its provider, as measured here. */
export interface CircuitHealth {
  readonly model: string
  /** The key's name within its provider's pool, never its secret; null where the provider needs none. */
  readonly key: string | null
  readonly state: CircuitState
  /** How long until a request may pass, in milliseconds; 0 where one may now. */
  readonly blockedForMs: number
  /** The share of attempts that failed, from 0 to 1; null where there was none lately. */
  readonly errorRate: number | null
  readonly firstToken: Sketch
}
