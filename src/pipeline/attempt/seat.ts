import type { ModelRef } from '../../core/routing.ts'
import type { Grant } from '../../resilience/upstreams.ts'
import type { Continuation } from './continuation.ts'
import type { OwnLimit } from './own-limit.ts'

/** A candidate that may be asked now. */
export interface Seat {
  readonly position: number
  readonly ref: ModelRef
  readonly grant: Grant
  /** Null where what the caller or the model allows is paid for. */
  readonly ownLimit: OwnLimit | null
  /** How it goes on with an answer that broke off; null where it begins at the beginning. */
  readonly continuation: Continuation | null
  /** About how many tokens the input has, a beginning of the answer included. */
  readonly inputTokens: number
}
