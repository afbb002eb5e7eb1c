import type { Picodollars } from './money.ts'
import type { Price } from './price.ts'

/** The parts of a cost; they add up to its total to the last digit. */
export interface CostParts {
  /** Input that was neither read from nor written to the provider's cache. */
  readonly input: Picodollars
  readonly cachedInput: Picodollars
  readonly cacheWrite: Picodollars
  readonly output: Picodollars
}

/** What one attempt cost. An unknown price is unpriced, never zero. */
export type AttemptCost =
  | { readonly priced: true; readonly parts: CostParts; readonly price: Price | null }
  | { readonly priced: false }

/** What a call cost: sums over all its attempts. */
export interface CallCost {
  /** False where at least one attempt used tokens of a model without a known price; the sums then are a lower bound. */
  readonly priced: boolean
  readonly parts: CostParts
  /** How much went to attempts that did not answer; one whose text another went on from did in part. */
  readonly wasted: Picodollars
  /** What the cache saved. */
  readonly saved: Picodollars
}

export const NO_COST_PARTS: CostParts = { input: 0n, cachedInput: 0n, cacheWrite: 0n, output: 0n }

/** The cost of an attempt that used nothing: an attempt without a byte costs nothing. */
export const FREE: AttemptCost = { priced: true, parts: NO_COST_PARTS, price: null }

/** The sum of a cost's parts. */
export function totalOf(parts: CostParts): Picodollars {
  return parts.input + parts.cachedInput + parts.cacheWrite + parts.output
}

export function addParts(a: CostParts, b: CostParts): CostParts {
  return {
    input: a.input + b.input,
    cachedInput: a.cachedInput + b.cachedInput,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
  }
}
