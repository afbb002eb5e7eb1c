import type { Attempt } from '../core/attempt.ts'
import type { CallError } from '../core/call-error.ts'
import type { ProviderState } from '../core/conversation.ts'
import type { ContentEvent, FinishReason } from '../core/driver.ts'
import type { AttemptFailed, AttemptStarted } from '../core/events.ts'
import type { JsonValue } from '../core/json.ts'
import type { OpenedCall } from '../core/ledger.ts'
import type { Reservation } from '../core/quota.ts'
import type { RoutePlan } from '../core/routing.ts'
import type { Output } from './output.ts'

/** What the steps of a call tell each other. Ends with exactly one `answered` or `failed`. */
export type CallEvent =
  | { readonly type: 'admitted'; readonly call: OpenedCall; readonly reservations: readonly Reservation[] }
  | { readonly type: 'planned'; readonly plan: RoutePlan }
  | AttemptStarted
  | ContentEvent
  /** A candidate that could not be asked: no request, and no event for the client. */
  | { readonly type: 'attemptSkipped'; readonly attempt: Attempt }
  | AttemptFailed
  | Answered
  | { readonly type: 'failed'; readonly error: CallError }

/** The attempt that answered. */
export interface Answered {
  readonly type: 'answered'
  readonly attempt: Attempt
  readonly output: Output
  /** Undefined where no JSON was asked for. */
  readonly json: JsonValue | undefined
  readonly reason: FinishReason
  readonly providerState: ProviderState | null
}
