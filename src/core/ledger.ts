import type { Attempt } from './attempt.ts'
import type { CallErrorType } from './call-error.ts'
import type { CacheStatus, CallLatency, Completion } from './completion.ts'
import type { CallCost } from './cost.ts'
import type { Quota, Reservation, UsageBound } from './quota.ts'
import type { Reconciliation, ReconciliationQuery } from './reconciliation.ts'
import type { ReplayableQuery, ReplaySample } from './replay.ts'
import type { Tag } from './request.ts'
import type { RoutePlan } from './routing.ts'
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
  'text' | 'reasoning' | 'json' | 'toolCalls' | 'finishReason' | 'providerState'
>

/** Whether a call was let in. */
export type Admission =
  | { readonly type: 'admitted'; readonly reservations: readonly Reservation[] }
  /** `needed` is the least that the call had to have of the quota. */
  | { readonly type: 'refused'; readonly quota: Quota; readonly needed: bigint }

/** Who holds an idempotency key. */
export type IdempotencyClaim =
  /** It is the caller's now: go on. */
  | { readonly type: 'claimed' }
  /** Another call holds it, under way or succeeded. */
  | { readonly type: 'held'; readonly callId: string }
  /** Another call with other input holds it. */
  | { readonly type: 'conflict'; readonly callId: string }

export interface IdempotencyRequest {
  readonly projectId: string
  readonly key: string
  /** Of the whole input, in canonical form. */
  readonly inputHash: string
  readonly callId: string
}

/** The writing side of the ledger. */
export interface LedgerWriter {
  /**
   * Writes a RUNNING row and reserves what the quotas that apply need. Resolves when both are committed, or at once
   * (the row following with the next group commit) where no quota applies.
   * @throws LedgerUnavailable where the database has not answered for too long
   */
  open(call: OpenedCall, bound: UsageBound): Promise<Admission>
  /**
   * Writes call, attempts, rollups and quota changes in one transaction and resolves when it is committed. Keeps
   * trying while the database is away.
   * @throws LedgerUnavailable where it is away for longer than a caller should wait; the row is written all the same
   * as soon as it is back
   */
  settle(call: SettledCall): Promise<void>
  /** Claims a key for 24 hours; the claim of a call that did not succeed is void. */
  claim(request: IdempotencyRequest): Promise<IdempotencyClaim>
  /** Puts off the time at which running calls may be taken for abandoned. */
  renew(callIds: readonly string[], leaseUntil: number): Promise<void>
  /** Settles calls whose lease ran out as ABANDONED; returns how many. Safe on many replicas at once. */
  sweep(now: number): Promise<number>
  /** Resolves when all that was settled so far is committed. */
  flush(): Promise<void>
}

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

/** From, inclusive, to, exclusive, in milliseconds since 1970. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** Conditions that must all hold; a list means any of its values; null and empty lists set no condition. */
export interface CallFilter {
  readonly range: TimeRange | null
  readonly status: readonly CallStatus[]
  readonly provider: readonly string[]
  readonly model: readonly string[]
  readonly tags: readonly Tag[]
  readonly endUser: string | null
}

/** A page of calls, newest first. */
export interface CallPage {
  readonly calls: readonly LedgerCall[]
  readonly hasNextPage: boolean
}

/** Where a page begins: behind the call of this time and id. */
export interface CallCursor {
  readonly createdAt: number
  readonly id: string
}

export const USAGE_DIMENSIONS = [
  'PROVIDER',
  'MODEL',
  'REQUESTED_MODEL',
  'STATUS',
  'PROJECT',
  'API_KEY',
  'END_USER',
] as const
export type UsageDimension = (typeof USAGE_DIMENSIONS)[number]

export const USAGE_INTERVALS = ['HOUR', 'DAY', 'MONTH'] as const
export type UsageInterval = (typeof USAGE_INTERVALS)[number]

export interface UsageQuery {
  readonly range: TimeRange
  readonly groupBy: readonly UsageDimension[]
  /** Intervals begin on UTC's hours, days and months; null makes one row a group. */
  readonly interval: UsageInterval | null
  readonly filter: Omit<CallFilter, 'range'>
  /** The key of a tag whose values make rows of their own; null or absent does not group by a tag. */
  readonly groupByTag?: string | null
  /** Without quantiles much less is read: the sketches in the answer are empty then. */
  readonly quantiles?: 'wanted' | 'unwanted'
}

export interface UsageMetrics {
  readonly calls: number
  readonly succeeded: number
  /** FAILED and ABANDONED. */
  readonly failed: number
  readonly cancelled: number
  readonly refused: number
  readonly attempts: number
  readonly cacheHits: number
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Sums of picodollars. */
  readonly cost: bigint
  readonly wasted: bigint
  readonly saved: bigint
  readonly unpricedCalls: number
  /** The total latency of calls that succeeded. */
  readonly latency: ReadonlyMap<number, number>
  /** The time to first token of calls that succeeded. */
  readonly firstToken: ReadonlyMap<number, number>
}

/** What the calls of a row have in common: null where they have none, or where the row stands for others. */
export interface UsageTagValue {
  readonly value: string | null
  /** Whether the row adds up values that are too many to name. */
  readonly isOther: boolean
}

export interface UsageGroupValue extends UsageTagValue {
  readonly dimension: UsageDimension
}

export interface UsageRow {
  /** Milliseconds since 1970; null where no interval was asked for. */
  readonly periodStart: number | null
  readonly group: readonly UsageGroupValue[]
  /** The value of the tag that was grouped by; null where none was. */
  readonly tag: UsageTagValue | null
  readonly metrics: UsageMetrics
}

export interface UsageReport {
  readonly total: UsageMetrics
  /** By period, then by cost, highest first. */
  readonly rows: readonly UsageRow[]
  /** How many end users or values of the tag stand together in rows of others, at least; 0 where all are named. */
  readonly folded: number
}

/** How quotas are looked at. */
export interface QuotaView {
  /** Whose windows are meant of quotas for each end user; null takes whoever used and reserved most. */
  readonly endUser: string | null
  /** Whether the installation's quotas are among them: their amounts tell of other projects. */
  readonly installation: 'shown' | 'left out'
}

export const OWN_QUOTAS: QuotaView = { endUser: null, installation: 'left out' }

/** The reading side of the ledger. Nothing is visible across projects. */
export interface LedgerReader {
  call(projectId: string, id: string): Promise<LedgerCall | null>
  calls(projectId: string, filter: CallFilter, first: number, after: CallCursor | null): Promise<CallPage>
  /** The attempts of many calls in one query, in the order of their numbers, by call id. */
  attempts(callIds: readonly string[]): Promise<ReadonlyMap<string, readonly Attempt[]>>
  /** The answer kept under an idempotency key; null where none is kept or its 24 hours are over. */
  answer(projectId: string, callId: string): Promise<StoredAnswer | null>
  usage(projectId: string, query: UsageQuery): Promise<UsageReport>
  /** A project's quotas; where an API key is named, without those of other keys. */
  quotas(projectId: string, apiKeyId: string | null, view?: QuotaView): Promise<readonly Quota[]>
  /** Calls that asked for a route and were answered by a provider: how many, and some of them, drawn by chance. */
  replayable(projectId: string, query: ReplayableQuery): Promise<ReplaySample>
  /** Providers' own reports beside the ledger, of all projects. */
  reconciliation(query: ReconciliationQuery): Promise<Reconciliation>
}
