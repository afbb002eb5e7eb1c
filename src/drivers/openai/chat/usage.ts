import { isJsonObject, type JsonValue } from '../../../core/json.ts'
import type { TokenUsage } from '../../../core/usage.ts'
import { countOf, objectOf } from '../../json-reading.ts'
import type { ChatDialect } from './dialect.ts'

/**
 * Usage as Chat Completions reports it, normalised. Cached tokens are in `prompt_tokens_details` (OpenAI) or in
 * `prompt_cache_hit_tokens` (DeepSeek); null where nothing was reported.
 */
export function chatUsage(usage: JsonValue | undefined, rule: ChatDialect['reasoningTokens']): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const input = countOf(usage.prompt_tokens)
  const completion = countOf(usage.completion_tokens)
  if (input === null && completion === null) return null
  const prompt = objectOf(usage.prompt_tokens_details)
  const reasoning =
    countOf(objectOf(usage.completion_tokens_details).reasoning_tokens) ?? countOf(usage.reasoning_tokens) ?? 0
  const total = countOf(usage.total_tokens)
  const apart = rule === 'apart' || (rule === 'by total' && total === (input ?? 0) + (completion ?? 0) + reasoning)
  return {
    inputTokens: input ?? 0,
    cachedInputTokens: countOf(prompt.cached_tokens) ?? countOf(usage.prompt_cache_hit_tokens) ?? 0,
    cacheWriteTokens: countOf(prompt.cache_write_tokens) ?? countOf(prompt.cache_creation_tokens) ?? 0,
    cacheWriteHourTokens: 0,
    outputTokens: (completion ?? 0) + (apart ? reasoning : 0),
    reasoningTokens: reasoning,
    estimated: false,
  }
}
