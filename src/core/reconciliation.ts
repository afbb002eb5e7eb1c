import type { TimeRange } from './time-range.ts'

/** The reports of providers that can be taken in. */
export const REPORT_FORMATS = [
  'openai-costs',
  'openai-usage',
  'anthropic-cost',
  'anthropic-usage',
  'openrouter-activity',
  'csv',
] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** What a provider's report says of one model and day. */
export interface ReportRow {
  /** In UTC, as `2025-06-30`. */
  readonly day: string
  /** By the provider's own name; null for what belongs to no model, or where the report does not say. */
  readonly model: string | null
  /** In picodollars; null where the report has no amounts. */
  readonly cost: bigint | null
  /** All input, cached or not. This and the others are null where the report does not count them. */
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly requests: number | null
}

/** What the provider says, from the reports that were taken in last. */
export type Theirs = Omit<ReportRow, 'day' | 'model'>

/** What the ledger says. */
export interface Ours {
  /** In picodollars, of priced attempts. */
  readonly cost: bigint
  /** The part of it whose tokens were counted here, because the provider reported none. */
  readonly estimated: bigint
  readonly unpricedAttempts: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Requests that were sent. */
  readonly attempts: number
}

export interface ReconciliationRow {
  readonly provider: string
  /** The first millisecond of a day in UTC, since 1970. */
  readonly day: number
  /** Without the date of its edition; null for what belongs to no model, or where the report tells whole days only. */
  readonly model: string | null
  /** Null where no report says anything of this provider and day. */
  readonly theirs: Theirs | null
  readonly ours: Ours
  /** Theirs less ours, in picodollars; null where no report has an amount. */
  readonly difference: bigint | null
  /**
   * What of the difference is left when what was estimated here is given the benefit of the doubt: it may be off by its
   * whole size, either way. Null where the difference is, and where we have too little because attempts are unpriced.
   */
  readonly unexplained: bigint | null
}

export interface ReconciliationTotal {
  /** Sums of picodollars over the rows for which a report has an amount. */
  readonly theirs: bigint
  readonly ours: bigint
  readonly difference: bigint
  /** The sum over the rows where it is known. */
  readonly unexplained: bigint
  /** Ours on days that no report tells the cost of. */
  readonly uncovered: bigint
}

export interface Reconciliation {
  /** By provider, then day, then model. */
  readonly rows: readonly ReconciliationRow[]
  readonly total: ReconciliationTotal
}

export interface ReconciliationQuery {
  /** Whole days in UTC that it touches count. */
  readonly range: TimeRange
  /** By their configured names; empty for all. */
  readonly providers: readonly string[]
}
