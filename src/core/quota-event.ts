import type { Caller } from './caller.ts'
import type { QuotaScope, QuotaUnit, QuotaWindow } from './quota.ts'

/**
 * A window of a quota passed a threshold. There is one for each quota, window, end user and threshold, however many
 * replicas there are.
 */
export interface QuotaEvent {
  readonly id: string
  /** Milliseconds since 1970, by the database's clock. */
  readonly at: number
  /** Null for the whole installation. */
  readonly projectId: string | null
  readonly quotaId: string
  readonly scope: QuotaScope
  /** The end user, where the quota is for each of them; else null. */
  readonly subject: string | null
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  /** Milliseconds since 1970; of calls at once, which have no window of time, the hour. */
  readonly windowStart: number
  /** In percent of the limit. */
  readonly threshold: number
  /** Amounts are picodollars where the unit is USD, else a count. */
  readonly limit: bigint
  readonly used: bigint
  readonly reserved: bigint
}

/** The events of quotas as they happen, on all replicas. */
export interface QuotaEvents {
  /**
   * Those of the caller's project from now on; for a key with the scope `operator` those of the installation too. Leaving
   * it (`return()`) takes effect at once. Who reads too slowly misses the oldest.
   */
  follow(caller: Caller): AsyncIterableIterator<QuotaEvent>
}
