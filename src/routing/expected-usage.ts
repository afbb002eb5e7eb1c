import type { AnswerHistory, Expectation } from '../core/candidate.ts'
import type { Conversation } from '../core/conversation.ts'
import { NO_USAGE, type TokenUsage } from '../core/usage.ts'

/** How long an answer is taken to be, in tokens, where nothing tells: a few paragraphs. */
const USUAL_OUTPUT_TOKENS = 500

/** Fewer answers than this say too little of the next one. */
const ENOUGH_ANSWERS = 5

/**
 * What an answer is expected to use: as the last ones did, else the usual number of output tokens and no cache; never
 * more output than the caller's own limit.
 * @param history of the route with this very model, and of the route with any; null where there is none
 */
export function expectation(
  { sampling }: Pick<Conversation, 'sampling'>,
  inputTokens: number,
  history: { readonly ofModel: AnswerHistory | null; readonly ofRoute: AnswerHistory | null },
): Expectation {
  const { ofModel, ofRoute } = history
  const most = sampling.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const known = [ofModel, ofRoute].find((each) => each !== null && each.answers >= ENOUGH_ANSWERS) ?? null
  if (known === null) return { outputTokens: Math.min(USUAL_OUTPUT_TOKENS, most), cachedInputTokens: 0, answers: 0 }
  return {
    outputTokens: Math.min(Math.round(known.outputTokens), most),
    // Another model's cache says nothing of this one's.
    cachedInputTokens: known === ofModel ? Math.floor(inputTokens * known.cachedShare) : 0,
    answers: known.answers,
  }
}

/** What a request is expected to use: what plans are priced by. */
export function expectedUsage(inputTokens: number, { outputTokens, cachedInputTokens }: Expectation): TokenUsage {
  return { ...NO_USAGE, inputTokens, cachedInputTokens, outputTokens, estimated: true }
}
