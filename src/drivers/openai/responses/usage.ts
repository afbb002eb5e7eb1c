import { isJsonObject, type JsonValue } from '../../../core/json.ts'
import type { TokenUsage } from '../../../core/usage.ts'
import { countOf, objectOf } from '../../json-reading.ts'

/** Usage as the Responses API reports it, normalised; null where nothing was reported. */
export function responsesUsage(usage: JsonValue | undefined): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const input = countOf(usage.input_tokens)
  const output = countOf(usage.output_tokens)
  if (input === null && output === null) return null
  const details = objectOf(usage.input_tokens_details)
  return {
    inputTokens: input ?? 0,
    cachedInputTokens: countOf(details.cached_tokens) ?? 0,
    cacheWriteTokens: countOf(details.cache_write_tokens) ?? 0,
    cacheWriteHourTokens: 0,
    outputTokens: output ?? 0,
    reasoningTokens: countOf(objectOf(usage.output_tokens_details).reasoning_tokens) ?? 0,
    estimated: false,
  }
}
