import type { Random } from '../core/clock.ts'

const FIRST_PAUSE_MS = 5_000
const FACTOR = 3
const LONGEST_PAUSE_MS = 4 * 3_600_000

/** For how long a message is tried again, in milliseconds. */
export const GIVEN_UP_AFTER_MS = 24 * 3_600_000

/**
 * How long to wait before a message is tried again: 5 s after the first try, three times as long after each further one,
 * four hours at most; each between half of that and all of it, so that not all come back at the same moment.
 * @param tries how many there were, at least one
 */
export function pauseAfter(tries: number, random: Random): number {
  const full = Math.min(FIRST_PAUSE_MS * FACTOR ** (tries - 1), LONGEST_PAUSE_MS)
  return full / 2 + random() * (full / 2)
}
