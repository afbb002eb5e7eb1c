import type { Attempt } from './attempt.ts'
import type { CallErrorType } from './call-error.ts'
import type { CacheStatus, CallLatency, Completion } from './completion.ts'
import type { CallCost } from './cost.ts'
import type { Reservation } from './quota.ts'
import type { RoutePlan } from './routing.ts'
import type { Tag } from './tag.ts'
import type { TokenUsage } from './usage.ts'

export const CALL_STATUSES = ['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED', 'ABANDONED'] as const
export type CallStatus = (typeof CALL_STATUSES)[number]

/** What is known of a call when it is let in. */
export interface OpenedCall {
  /** A UUID of version 7 (RFC 9562), whose time is `createdAt`. */
  readonly id: string
  readonly projectId: string
  readonly apiKeyId: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly requestedModel: string
  readonly endUser: string | null
  readonly tags: readonly Tag[]
  /** The browser token that it was made with; null where it was made with an API key. */
  readonly browserTokenId: string | null
  /** When the sweeper may take it for abandoned, in milliseconds since 1970. */
  readonly leaseUntil: number
}

/** What a call was when it ended. */
export interface SettledCall extends OpenedCall {
  readonly status: Exclude<CallStatus, 'RUNNING' | 'ABANDONED'>
  readonly finishedAt: number
  /** Who answered; null where nobody did. */
  readonly provider: string | null
  readonly model: string | null
  readonly error: { readonly type: CallErrorType; readonly message: string } | null
  readonly usage: TokenUsage
  readonly cost: CallCost
  readonly latency: CallLatency
  readonly attempts: readonly Attempt[]
  readonly cacheStatus: CacheStatus
  readonly plan: RoutePlan | null
  /** The number of its last event. */
  readonly lastSeq: number
  readonly reservations: readonly Reservation[]
  /** Kept for a repeat of the call under its idempotency key; null where it has none or did not succeed. */
  readonly answer: StoredAnswer | null
}

/** The part of an answer that the call's row doesn't hold. */
export type StoredAnswer = Pick<
  Completion,
  'text' | 'reasoning' | 'json' | 'toolCalls' | 'finishReason' | 'lengthLimit' | 'providerState'
>

/** A call as the ledger has it. */
export interface LedgerCall {
  readonly id: string
  readonly status: CallStatus
  readonly createdAt: number
  readonly finishedAt: number | null
  readonly requestedModel: string
  readonly provider: string | null
  readonly model: string | null
  readonly error: { readonly type: CallErrorType | null; readonly message: string } | null
  readonly usage: TokenUsage
  readonly cost: CallCost
  readonly latency: CallLatency | null
  readonly tags: readonly Tag[]
  readonly endUser: string | null
  readonly cacheStatus: CacheStatus
  readonly plan: RoutePlan | null
  readonly lastSeq: number
}
