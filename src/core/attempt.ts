import type { AttemptCost } from './cost.ts'
import type { ProviderErrorKind } from './provider-error.ts'
import type { TokenUsage } from './usage.ts'

export type AttemptOutcome = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED' | 'SHORT_CIRCUITED'

/** Why an attempt did not answer. */
export interface AttemptFailure {
  /** What the provider said, cleaned of secrets. */
  readonly message: string
  readonly kind: ProviderErrorKind | null
  readonly httpStatus: number | null
}

/** One request to one provider on behalf of a call, after its end. */
export interface Attempt {
  /** Counts from 1 within its call. */
  readonly number: number
  readonly provider: string
  readonly model: string
  /** The model that the provider says answered; null where it never said. */
  readonly answeredModel: string | null
  /** The key's name within its provider's pool, never its secret; null where the provider needs none. */
  readonly key: string | null
  /** The service tier that the provider says it answered from, such as `flex`; null where it said none. */
  readonly serviceTier: string | null
  readonly outcome: AttemptOutcome
  readonly failure: AttemptFailure | null
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly durationMs: number
  /** From the attempt's start to its first text, reasoning or tool delta; null where there was none. */
  readonly firstTokenMs: number | null
  /** Null where the provider sent nothing. */
  readonly usage: TokenUsage | null
  readonly cost: AttemptCost
}
