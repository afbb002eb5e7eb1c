import type { FinishReason } from '../../../core/driver.ts'
import type { ProviderErrorKind } from '../../../core/provider-error.ts'

/** What services give as `finish_reason`; an unknown one is an end of their own, which counts as STOP. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'STOP',
  length: 'LENGTH',
  model_length: 'LENGTH',
  max_tokens: 'LENGTH',
  tool_calls: 'TOOL_CALLS',
  function_call: 'TOOL_CALLS',
  content_filter: 'CONTENT_FILTER',
  safety: 'CONTENT_FILTER',
  sensitive: 'CONTENT_FILTER',
  refusal: 'REFUSAL',
}

/** Reasons that say that there is no whole answer (OpenRouter, Z.ai, DeepSeek). */
const FAILURES: Readonly<Record<string, ProviderErrorKind>> = {
  error: 'SERVER_ERROR',
  network_error: 'SERVER_ERROR',
  insufficient_system_resource: 'OVERLOADED',
}

export function failureOf(reason: string): ProviderErrorKind | null {
  return FAILURES[reason] ?? null
}

/**
 * The reason why an answer ended. One with tool calls that just stopped has stopped for them: that is how some services
 * say it, and OpenAI where the tool was forced.
 * @param reason the provider's own; null where the end mark stands alone
 */
export function finishReason(
  reason: string | null,
  answer: { readonly toolCalls: number; readonly refused: boolean },
): FinishReason {
  const known = REASONS[reason ?? 'stop'] ?? 'STOP'
  if (known !== 'STOP') return known
  if (answer.toolCalls > 0) return 'TOOL_CALLS'
  return answer.refused ? 'REFUSAL' : 'STOP'
}
