/** A value of the ledger that is not what it must be. */
export interface Violation {
  /** The table that it stands in. */
  readonly place: string
  /** Names the row: an id, or the parts of its key. */
  readonly key: string
  /** The column. */
  readonly field: string
  /** What must stand there; null for nothing. */
  readonly expected: string | null
  readonly found: string | null
}

/** Everything that is checked, and what it says of a sound ledger. */
export const CHECKS = {
  ROLLUPS: 'Every counter and sketch of every rollup is the sum over its calls',
  ATTEMPT_SUMS: 'The attempts of a call add up to what the call says: their number, costs and tokens',
  COMPONENTS: 'Components add up to totals: no part is larger than its whole, none is below zero',
  PRICES: 'What an attempt cost is its tokens times the prices that are pinned on it',
  QUOTA_USED: 'What is used of a quota is the sum of what its calls were charged, and that is what they used',
  QUOTA_RESERVED: 'What is reserved of a quota is what its running calls have reserved',
  RESERVATIONS: 'No call that has ended holds a reservation',
  ORPHANS: 'No attempt, rating, kept answer or quota window belongs to something that is gone',
  LEASES: 'No call runs on with a lease that ran out',
  PARTITIONS: 'No call lies in the default partition although its month has a table of its own',
} as const

export type CheckName = keyof typeof CHECKS

/** What one check came to. */
export interface CheckResult {
  readonly check: CheckName
  /** How many values are wrong. */
  readonly violations: number
  /** The first of them. */
  readonly examples: readonly Violation[]
}
