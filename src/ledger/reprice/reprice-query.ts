import type { Attempt } from '../../core/attempt.ts'
import type { Price } from '../../core/price.ts'
import type { TokenUsage } from '../../core/usage.ts'

/** Which attempts are priced anew. */
export interface RepriceScope {
  /** When their calls came in: from, inclusive, to, exclusive, in milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** As the provider names it, asked for or answering; null for all. */
  readonly model: string | null
  /** By its configured name; null for all. */
  readonly provider: string | null
  /** Null for all. */
  readonly projectId: string | null
  readonly which: 'all' | 'unpriced'
}

/** What a price depends on. */
export interface PricedAttempt
  extends Pick<Attempt, 'provider' | 'model' | 'answeredModel' | 'serviceTier' | 'startedAt'> {
  readonly usage: TokenUsage
}

/** The price that holds now for an attempt of then; null where none is known. */
export type PriceOf = (attempt: PricedAttempt) => Price | null

/** What became of the attempts of one model. */
export interface RepricedModel {
  /** As `provider/model`, as it was asked for. */
  readonly model: string
  /** Calls with an attempt whose price changed. */
  readonly calls: number
  readonly attempts: number
  /** In picodollars, of the attempts whose price changed. */
  readonly before: bigint
  readonly after: bigint
  /** Attempts that stay as they are, since no price is known for them now. */
  readonly unknown: number
}

export interface Repriced {
  readonly models: readonly RepricedModel[]
  /** Calls that were looked at. */
  readonly looked: number
}
