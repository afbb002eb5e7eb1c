import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { TokenUsage } from '../../core/usage.ts'
import { countOf } from '../json-reading.ts'

/**
 * The later report over the earlier one. Each is whole in itself (its parts add up to its `totalTokenCount`, and a part
 * that it leaves out is zero), so the last one that counts anything holds.
 */
export function laterUsage(earlier: JsonObject | null, later: JsonValue | undefined): JsonObject | null {
  return isJsonObject(later) && countOf(later.promptTokenCount) !== null ? later : earlier
}

/**
 * Google's counts, normalised. `promptTokenCount` includes what was cached; what its own tools fed back to the model
 * and what it thought are counted apart. Null where nothing is reported.
 */
export function toUsage(wire: JsonObject | null): TokenUsage | null {
  const prompt = countOf(wire?.promptTokenCount)
  if (wire === null || prompt === null) return null
  const reasoningTokens = countOf(wire.thoughtsTokenCount) ?? 0
  return {
    inputTokens: prompt + (countOf(wire.toolUsePromptTokenCount) ?? 0),
    cachedInputTokens: countOf(wire.cachedContentTokenCount) ?? 0,
    cacheWriteTokens: 0,
    cacheWriteHourTokens: 0,
    outputTokens: (countOf(wire.candidatesTokenCount) ?? 0) + reasoningTokens,
    reasoningTokens,
    estimated: false,
  }
}
