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
