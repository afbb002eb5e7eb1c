import type { Attempt } from './attempt.ts'
import type { LedgerCall, OpenedCall, SettledCall, StoredAnswer } from './call.ts'
import type { CallCursor, CallFilter, CallPage } from './call-list.ts'
import type { IdempotencyClaim, IdempotencyRequest } from './idempotency.ts'
import type { Quota, QuotaView, Reservation, UsageBound } from './quota.ts'
import type { Reconciliation, ReconciliationQuery } from './reconciliation.ts'
import type { ReplayableQuery, ReplaySample } from './replay.ts'
import type { UsageQuery, UsageReport } from './usage-report.ts'

/** Whether a call was let in. */
export type Admission =
  | { readonly type: 'admitted'; readonly reservations: readonly Reservation[] }
  | {
      readonly type: 'refused'
      /** The one that has no room. */
      readonly quota: Quota
      /** The least of its unit that the call would have to reserve; null where nobody knows. */
      readonly needed: bigint | null
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
