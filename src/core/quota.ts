export const QUOTA_UNITS = ['USD', 'TOKENS', 'REQUESTS', 'CONCURRENT_CALLS'] as const
export type QuotaUnit = (typeof QUOTA_UNITS)[number]

export const QUOTA_WINDOWS = ['MINUTE', 'HOUR', 'DAY', 'MONTH', 'TOTAL'] as const
export type QuotaWindow = (typeof QUOTA_WINDOWS)[number]

/** Whom a quota limits. */
export type QuotaScope =
  | { readonly type: 'project' }
  | { readonly type: 'apiKey'; readonly apiKeyId: string }
  | { readonly type: 'endUser'; readonly endUser: string }
  /** Every end user of the project for himself, beside what is set for one of them by name. */
  | { readonly type: 'eachEndUser' }
  | { readonly type: 'tag'; readonly key: string; readonly value: string }
  /** All calls that ask for one route. */
  | { readonly type: 'route'; readonly route: string }
  /** All calls made with one browser token. */
  | { readonly type: 'browserToken'; readonly tokenId: string }
  /** All calls of all projects. */
  | { readonly type: 'installation' }

/** How the API and webhooks spell the types of scopes. */
export const QUOTA_SCOPE_NAMES = {
  project: 'PROJECT',
  apiKey: 'API_KEY',
  endUser: 'END_USER',
  eachEndUser: 'EACH_END_USER',
  tag: 'TAG',
  route: 'ROUTE',
  browserToken: 'BROWSER_TOKEN',
  installation: 'INSTALLATION',
} as const satisfies Record<QuotaScope['type'], string>

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
  /** Percentages of the limit at which an event is told, in rising order. */
  readonly thresholds: readonly number[]
  /** Whose window `used` and `reserved` are of, where the quota is for each end user; else null. */
  readonly subject: string | null
  /** Whether `used` and `reserved` are what they are, or only say that the limit is reached. */
  readonly amounts: 'exact' | 'hidden'
}

/** Where events are told unless a quota says otherwise. */
export const USUAL_THRESHOLDS: readonly number[] = [50, 80, 100]

/** What a call under way may still use of a quota. */
export interface Reservation {
  readonly quotaId: string
  /** The start of the window that it was taken from, in milliseconds since 1970. */
  readonly windowStart: number
  /** The end user, where the quota is for each of them; else empty. */
  readonly subject: string
  readonly unit: QuotaUnit
  readonly amount: bigint
}

/** Amounts of what a call spends, by unit; null where nothing is known. */
export interface UsageAmounts {
  readonly USD: bigint | null
  readonly TOKENS: bigint | null
}

/** The most that a call may use, by unit, as bounded before it is sent; null where no bound is known. */
export interface UsageBound extends UsageAmounts {
  /**
   * With less than the bound, but no less than this, the call is let in all the same, and held to what is left. Absent
   * where it must have its bound.
   */
  readonly least?: UsageAmounts
}

/** How quotas are looked at. */
export interface QuotaView {
  /** Whose windows are meant of quotas for each end user; null takes whoever used and reserved most. */
  readonly endUser: string | null
  /** Whether the installation's quotas are among them: their amounts tell of other projects. */
  readonly installation: 'shown' | 'left out'
}

export const OWN_QUOTAS: QuotaView = { endUser: null, installation: 'left out' }
