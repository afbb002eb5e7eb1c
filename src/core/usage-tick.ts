import type { UsageMetrics, UsageQuery } from './usage-report.ts'

/** Sums over calls, without sketches of how long they took. */
export type UsageCounts = Omit<UsageMetrics, 'latency' | 'firstToken'>

/** What calls that were settled between two moments came to. */
export interface UsageTick {
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** May be below zero where the ledger was corrected. */
  readonly counts: UsageCounts
}

export interface UsageTickQuery {
  readonly projectId: string
  readonly filter: UsageQuery['filter']
  /** The least time between two ticks. */
  readonly everyMs: number
}

/** The usage of projects as it grows, on all replicas together. */
export interface UsageTicks {
  /**
   * A first tick at once, with nothing in it, from which on all is counted; then one after each interval, also where there
   * was nothing. Whatever is settled is in exactly one tick. Who reads slowly gets fewer and longer ones. Leaving it
   * (`return()`) takes effect at once.
   * @returns null where too many follow already
   */
  follow(query: UsageTickQuery): AsyncIterableIterator<UsageTick> | null
}
