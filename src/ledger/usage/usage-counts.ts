import type { UsageCounts } from '../../core/usage-tick.ts'

export const NO_COUNTS: UsageCounts = {
  calls: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  refused: 0,
  attempts: 0,
  cacheHits: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cost: 0n,
  wasted: 0n,
  saved: 0n,
  unpricedCalls: 0,
}

type Sums = { -readonly [Name in keyof UsageCounts]: UsageCounts[Name] }

/** Adds counts to sums, or takes them away, in place: a report adds up thousands of rows. */
export function changeCounts(sums: Sums, by: UsageCounts, sign: 1 | -1): void {
  sums.calls += sign * by.calls
  sums.succeeded += sign * by.succeeded
  sums.failed += sign * by.failed
  sums.cancelled += sign * by.cancelled
  sums.refused += sign * by.refused
  sums.attempts += sign * by.attempts
  sums.cacheHits += sign * by.cacheHits
  sums.inputTokens += sign * by.inputTokens
  sums.cachedInputTokens += sign * by.cachedInputTokens
  sums.outputTokens += sign * by.outputTokens
  sums.reasoningTokens += sign * by.reasoningTokens
  sums.cost += sign === 1 ? by.cost : -by.cost
  sums.wasted += sign === 1 ? by.wasted : -by.wasted
  sums.saved += sign === 1 ? by.saved : -by.saved
  sums.unpricedCalls += sign * by.unpricedCalls
}

/** One after another: `sum + after - before`. */
export function addDifference(sum: UsageCounts, after: UsageCounts, before: UsageCounts): UsageCounts {
  const sums = { ...sum }
  changeCounts(sums, after, 1)
  changeCounts(sums, before, -1)
  return sums
}
