/**
 * The keys of all advisory locks (PostgreSQL manual, section 13.3.5), in one place so that no two are the same. They are
 * of the whole database, so they begin with a number that nothing else is likely to use.
 */
export const LOCKS = {
  /** Migrations and new partitions, one process at a time. */
  schema: 7_953_766_001,
  /** What is published of routes. */
  routes: 7_953_766_002,
  /** What is set of quotas. */
  quotas: 7_953_766_003,
  /** Rollups of closed days, and partitions that are dropped, by one replica at a time. */
  rollups: 7_953_766_004,
  /** Providers' reports that are taken in. */
  reports: 7_953_766_005,
  /** Payloads: erased by one, written by any number. */
  erasure: 7_953_766_006,
} as const
