import type { AnswerHistory } from '../core/candidate.ts'
import { type ModelRef, modelId } from '../core/routing.ts'
import type { TokenUsage } from '../core/usage.ts'

/** The means follow about this many answers. */
const REMEMBERED = 50

const MOST_KEPT = 10_000

/** What answers used by route, as seen by this process. */
export interface AnswerHistories {
  note(route: string, ref: ModelRef, usage: TokenUsage): void
  /** Of the route with one model; null where there was no answer yet. */
  ofModel(route: string, ref: ModelRef): AnswerHistory | null
  /** Of the route with any model. */
  ofRoute(route: string): AnswerHistory | null
}

export function answerHistories(): AnswerHistories {
  const histories = new Map<string, AnswerHistory>()
  // Neither a route's nor a provider's name has a space.
  const idOf = (route: string, ref: ModelRef) => `${route} ${modelId(ref)}`

  function add(id: string, usage: TokenUsage): void {
    // Callers may ask for any model name: without a bound the names alone would fill the memory.
    if (histories.size >= MOST_KEPT && !histories.has(id)) histories.clear()
    histories.set(id, withAnswer(histories.get(id) ?? NONE, usage))
  }

  return {
    note(route, ref, usage) {
      add(route, usage)
      add(idOf(route, ref), usage)
    },
    ofModel: (route, ref) => histories.get(idOf(route, ref)) ?? null,
    ofRoute: (route) => histories.get(route) ?? null,
  }
}

const NONE: AnswerHistory = { answers: 0, outputTokens: 0, cachedShare: 0 }

function withAnswer({ answers, outputTokens, cachedShare }: AnswerHistory, usage: TokenUsage): AnswerHistory {
  const count = Math.min(answers + 1, REMEMBERED)
  const moved = (mean: number, value: number) => mean + (value - mean) / count
  const share = usage.inputTokens === 0 ? 0 : usage.cachedInputTokens / usage.inputTokens
  return {
    answers: count,
    outputTokens: moved(outputTokens, usage.outputTokens),
    cachedShare: moved(cachedShare, share),
  }
}
