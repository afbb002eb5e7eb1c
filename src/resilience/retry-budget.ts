import type { Clock } from '../core/clock.ts'
import { rollingCount } from './rolling-count.ts'

const WINDOW_MS = 30_000

/** Retries may be at most this share of a model's requests in the window. */
const SHARE = 0.2

/** So many retries are always allowed: a share of few requests would be none. */
const ALWAYS = 10

/** Keeps the retries of one model from doubling the load on its provider while it is failing. */
export interface RetryBudget {
  requested(): void
  /** Whether one more request for the same thing may be sent. */
  allows(): boolean
  retried(): void
}

export function retryBudget(clock: Clock): RetryBudget {
  const requests = rollingCount(WINDOW_MS)
  const retries = rollingCount(WINDOW_MS)
  return {
    requested: () => requests.add(clock.monotonic()),
    allows() {
      const now = clock.monotonic()
      const afterwards = retries.over(now) + 1
      return afterwards <= ALWAYS || afterwards <= (requests.over(now) + 1) * SHARE
    },
    retried: () => retries.add(clock.monotonic()),
  }
}
