import { type Clock, systemClock } from '../../core/clock.ts'
import type { Feedback } from '../../core/feedback.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import { keepRating, readRatings } from './ratings.ts'
import { readVariants } from './variants.ts'

const LONGEST_WAIT_MS = 5_000

/** Ratings and experiments. Everything throws LedgerUnavailable where the database is away for more than five seconds. */
export function feedback(database: Database, clock: Clock = systemClock): Feedback {
  const working = <T>(work: () => Promise<T>) => patiently(clock, LONGEST_WAIT_MS, work)
  return {
    rate: (projectId, rating) => working(() => keepRating(database, projectId, { ...rating, ratedAt: clock.now() })),
    ratings: (callIds) => working(() => readRatings(database, callIds)),
    variants: (query) => working(() => readVariants(database, query)),
  }
}
