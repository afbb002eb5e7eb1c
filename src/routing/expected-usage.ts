import type { Conversation } from '../core/conversation.ts'
import { NO_USAGE, type TokenUsage } from '../core/usage.ts'
import type { Signals } from './strategy.ts'

/** How long an answer is taken to be, in tokens, where nothing tells: a few paragraphs. */
const USUAL_OUTPUT_TOKENS = 500

/** How many tokens the answer is expected to have: the usual number, or the caller's own limit where it is lower. */
export function expectedOutputTokens({ sampling }: Conversation): number {
  return Math.min(sampling.maxOutputTokens ?? USUAL_OUTPUT_TOKENS, USUAL_OUTPUT_TOKENS)
}

/** What a request is expected to use: what plans are priced by. */
export function expectedUsage(
  signals: Pick<Signals, 'inputTokens' | 'cachedInputTokens' | 'expectedOutputTokens'>,
): TokenUsage {
  return {
    ...NO_USAGE,
    inputTokens: signals.inputTokens,
    cachedInputTokens: signals.cachedInputTokens,
    outputTokens: signals.expectedOutputTokens,
    estimated: true,
  }
}
