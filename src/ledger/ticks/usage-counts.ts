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

/** One after another: `sum + after - before`. */
export function addDifference(sum: UsageCounts, after: UsageCounts, before: UsageCounts): UsageCounts {
  return {
    calls: sum.calls + after.calls - before.calls,
    succeeded: sum.succeeded + after.succeeded - before.succeeded,
    failed: sum.failed + after.failed - before.failed,
    cancelled: sum.cancelled + after.cancelled - before.cancelled,
    refused: sum.refused + after.refused - before.refused,
    attempts: sum.attempts + after.attempts - before.attempts,
    cacheHits: sum.cacheHits + after.cacheHits - before.cacheHits,
    inputTokens: sum.inputTokens + after.inputTokens - before.inputTokens,
    cachedInputTokens: sum.cachedInputTokens + after.cachedInputTokens - before.cachedInputTokens,
    outputTokens: sum.outputTokens + after.outputTokens - before.outputTokens,
    reasoningTokens: sum.reasoningTokens + after.reasoningTokens - before.reasoningTokens,
    cost: sum.cost + after.cost - before.cost,
    wasted: sum.wasted + after.wasted - before.wasted,
    saved: sum.saved + after.saved - before.saved,
    unpricedCalls: sum.unpricedCalls + after.unpricedCalls - before.unpricedCalls,
  }
}
