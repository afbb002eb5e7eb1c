import type { ModelAbilities } from './abilities.ts'
import type { CostParts } from './cost.ts'
import type { Price, UnitPrices } from './price.ts'
import type { ModelRef } from './routing.ts'
import type { TokenUsage } from './usage.ts'

/** What is known of a model; null where nobody says. */
export interface ModelInfo extends ModelRef {
  readonly contextWindow: number | null
  readonly maxOutputTokens: number | null
  readonly abilities: ModelAbilities
  /** Where it runs, as configured. */
  readonly region: string | null
  /** What becomes of the data sent to it, as configured. */
  readonly dataPolicy: string | null
  /** The list price of a small request now; null where unpriced. */
  readonly price: UnitPrices | null
}

/** What is known of models and what they cost. */
export interface Catalog {
  /** Every model that is declared or in the price list, of every configured provider. */
  models(): readonly ModelInfo[]
  /** What is known of one model; a model that nobody declared is known by its name alone. */
  model(ref: ModelRef): ModelInfo
  /**
   * The unit prices for this usage at this time (prices may depend on the size of the input and the time of day); null
   * where the model is unpriced.
   * @param at milliseconds since 1970
   * @param tier a service tier with prices of its own; null for the usual one. Only configuration knows such prices
   */
  price(ref: ModelRef, usage: TokenUsage, at: number, tier?: string | null): Price | null
}

/** What usage costs at a price: exact, tokens times unit prices. */
export function costOf(usage: TokenUsage, price: Price): CostParts {
  const { units } = price
  const plainInput = usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens
  const shortWrites = usage.cacheWriteTokens - usage.cacheWriteHourTokens
  return {
    input: BigInt(Math.max(plainInput, 0)) * units.input,
    cachedInput: BigInt(usage.cachedInputTokens) * units.cachedInput,
    cacheWrite: BigInt(shortWrites) * units.cacheWrite + BigInt(usage.cacheWriteHourTokens) * units.cacheWriteHour,
    output: BigInt(usage.outputTokens) * units.output,
  }
}
