import type { Attempt } from '../../core/attempt.ts'

/** Keeps attempts in the order in which they began: of two that are under way at once, either may end first. */
export function insertByNumber(attempts: Attempt[], attempt: Attempt): void {
  const behind = attempts.findLastIndex(({ number }) => number < attempt.number)
  attempts.splice(behind + 1, 0, attempt)
}
