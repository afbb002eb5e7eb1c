import type { Picodollars } from './money.ts'

/** What one token of each kind costs. */
export interface UnitPrices {
  readonly input: Picodollars
  readonly cachedInput: Picodollars
  readonly cacheWrite: Picodollars
  readonly cacheWriteHour: Picodollars
  readonly output: Picodollars
}

/** The price that an attempt was charged at, pinned so that its cost can be explained and corrected later. */
export interface Price {
  readonly source: 'catalogue' | 'configuration'
  /** The catalogue's version, or "configuration". */
  readonly version: string
  /** The model that has this price, as `provider/model`: asked for or answering. Not there in prices of early ledgers. */
  readonly model?: string
  readonly units: UnitPrices
}
