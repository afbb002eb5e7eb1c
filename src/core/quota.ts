export const QUOTA_UNITS = ['USD', 'TOKENS', 'REQUESTS', 'CONCURRENT_CALLS'] as const
export type QuotaUnit = (typeof QUOTA_UNITS)[number]

export const QUOTA_WINDOWS = ['MINUTE', 'HOUR', 'DAY', 'MONTH', 'TOTAL'] as const
export type QuotaWindow = (typeof QUOTA_WINDOWS)[number]

/** Whom a quota limits. */
export type QuotaScope =
  | { readonly type: 'project' }
  | { readonly type: 'apiKey'; readonly apiKeyId: string }
  | { readonly type: 'endUser'; readonly endUser: string }
  | { readonly type: 'tag'; readonly key: string; readonly value: string }

/** A limit, with what of it is used and reserved. Amounts are picodollars where the unit is USD, else a count. */
export interface Quota {
  readonly id: string
  readonly scope: QuotaScope
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  readonly limit: bigint
  readonly used: bigint
  readonly reserved: bigint
  /** Milliseconds since 1970; null where it never resets. */
  readonly resetsAt: number | null
}

/** What a call under way may still use of a quota. */
export interface Reservation {
  readonly quotaId: string
  /** The start of the window that it was taken from, in milliseconds since 1970. */
  readonly windowStart: number
  readonly unit: QuotaUnit
  readonly amount: bigint
}

/** The most that a call may use, by unit, as estimated before it is sent; null where no bound is known. */
export interface UsageBound {
  readonly USD: bigint | null
  readonly TOKENS: bigint | null
}
