import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { TokenUsage } from '../../core/usage.ts'

/**
 * The later report over the earlier one: counts of `message_delta` are cumulative, and what it leaves out stands as
 * `message_start` said it.
 */
export function mergeUsage(earlier: JsonObject | null, later: JsonValue | undefined): JsonObject | null {
  if (!isJsonObject(later)) return earlier
  const told = Object.entries(later).filter(([, value]) => value !== null)
  return { ...earlier, ...Object.fromEntries(told) }
}

/**
 * Anthropic's counts, normalised. `input_tokens` leaves out what was read from and written to the cache; `output_tokens`
 * includes thinking. Null where nothing is reported.
 */
export function toUsage(wire: JsonObject | null): TokenUsage | null {
  if (wire === null || typeof wire.output_tokens !== 'number') return null
  const cachedInputTokens = count(wire.cache_read_input_tokens)
  const byLifetime = isJsonObject(wire.cache_creation) ? wire.cache_creation : {}
  const cacheWriteHourTokens = count(byLifetime.ephemeral_1h_input_tokens)
  const written = cacheWriteHourTokens + count(byLifetime.ephemeral_5m_input_tokens)
  const cacheWriteTokens = Math.max(count(wire.cache_creation_input_tokens), written)
  const details = isJsonObject(wire.output_tokens_details) ? wire.output_tokens_details : {}
  return {
    inputTokens: count(wire.input_tokens) + cachedInputTokens + cacheWriteTokens,
    cachedInputTokens,
    cacheWriteTokens,
    cacheWriteHourTokens,
    outputTokens: wire.output_tokens,
    reasoningTokens: count(details.thinking_tokens),
    estimated: false,
  }
}

function count(value: JsonValue | undefined): number {
  return typeof value === 'number' ? value : 0
}
