import type { CallFilter } from './call-list.ts'
import type { TimeRange } from './time-range.ts'

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
