import type { Attempt } from '../core/attempt.ts'
import type { OpenedCall } from '../core/call.ts'
import type { CallError } from '../core/call-error.ts'
import type { ContentEvent, VectorsEvent } from '../core/driver.ts'
import type { AttemptFailed, AttemptStarted } from '../core/events.ts'
import type { Reservation } from '../core/quota.ts'
import type { RoutePlan } from '../core/routing.ts'
import type { Outcome } from './attempt/outcome.ts'

/** What the steps of a call tell each other. Ends with exactly one `answered` or `failed`. */
export type CallEvent =
  | { readonly type: 'admitted'; readonly call: OpenedCall; readonly reservations: readonly Reservation[] }
  | { readonly type: 'planned'; readonly plan: RoutePlan }
  | AttemptStarted
  | ContentEvent
  /** No event for the client, who gets all vectors at the end. */
  | VectorsEvent
  /** A candidate that could not be asked: no request, and no event for the client. */
  | { readonly type: 'attemptSkipped'; readonly attempt: Attempt }
  | AttemptFailed
  | Answered
  | { readonly type: 'failed'; readonly error: CallError }

/** The attempt that answered. */
export interface Answered {
  readonly type: 'answered'
  readonly attempt: Attempt
  readonly outcome: Outcome
  /** The numbers of the attempts whose output is the beginning of it. */
  readonly wentOnFrom: readonly number[]
}
