import { ordinal } from '../ordinal.ts'
import type { Comparison } from '../strategy.ts'

/** As the route lists them. */
export const priority: Comparison = (candidates) => ({
  ordered: [...candidates]
    .sort((a, b) => a.place - b.place)
    .map((candidate) => ({ candidate, reason: `${ordinal(candidate.place)} in the route's order` })),
  signals: [],
})
