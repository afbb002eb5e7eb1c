import type { Conversation, Message } from '../../core/conversation.ts'
import type { ModelRef } from '../../core/routing.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { OutputFold } from '../output.ts'
import type { FailedAttempt } from './attempt-end.ts'

/** What the caller holds of an answer that broke off, where it can be gone on from. */
export interface Unfinished {
  readonly text: string
  readonly reasoning: string
  /** How many output tokens that took. */
  readonly tokens: number
  /** The numbers of the attempts that it came from. */
  readonly attempts: readonly number[]
}

/** An answer that another model goes on with. */
export interface Continuation {
  readonly unfinished: Unfinished
  /** What was asked, with the beginning of the answer. */
  readonly conversation: Conversation
}

/**
 * What there is to go on from after an attempt broke off; null where the call does not ask for that or where nothing can:
 * there is no text, a tool call has begun, or the output has a form, which no joint may spoil.
 * @param before what the attempt itself went on from
 */
export function unfinishedAfter(
  { delivery, rules, request }: RoutedCall,
  before: Continuation | null,
  end: FailedAttempt,
): Unfinished | null {
  const { attempt, shown } = end
  const isAsked = delivery === 'stream' && rules.midStream === 'CONTINUE' && request.task.type === 'completion'
  if (!isAsked || request.conversation.output.type !== 'text' || isPrefillRefused(before, end)) return null
  const text = shown.text()
  if (shown.hasToolCalls() || text.trim() === '') return null
  const { tokens, attempts } = before?.unfinished ?? { tokens: 0, attempts: [] }
  return {
    text,
    reasoning: shown.reasoning(),
    tokens: tokens + (attempt.usage?.outputTokens ?? 0),
    attempts: attempt.usage === null ? attempts : [...attempts, attempt.number],
  }
}

/** Whether all that was wrong is that the model does not go on from a beginning, against what is known of it. */
export function isPrefillRefused(continuation: Continuation | null, { error, hadOutput }: FailedAttempt): boolean {
  return continuation !== null && error.kind === 'INVALID_REQUEST' && !hadOutput
}

/** How a model goes on from there; null where it can't, and has to begin anew. */
export function continuationAt(
  { drivers }: Pick<EngineParts, 'drivers'>,
  { request }: RoutedCall,
  unfinished: Unfinished,
  ref: ModelRef,
): Continuation | null {
  const conversation = prefilled(request.conversation, unfinished)
  const check = { model: ref.model, conversation }
  const driver = drivers.get(ref.provider)
  const canGoOn = driver?.takesPrefill(check) === true && driver.unsupported(check).length === 0
  return canGoOn ? { unfinished, conversation } : null
}

/** Puts what the caller holds into a fold, so that what follows is joined to it. */
export function addUnfinished(fold: OutputFold, { text, reasoning }: Unfinished): void {
  if (reasoning !== '') fold.add({ type: 'reasoning', text: reasoning })
  fold.add({ type: 'text', text })
}

/** Without the space at its end, which providers refuse; with the limit on output less what was used of it. */
function prefilled(conversation: Conversation, { text, tokens }: Unfinished): Conversation {
  const { sampling, messages } = conversation
  const { maxOutputTokens } = sampling
  const left = maxOutputTokens === null ? null : Math.max(maxOutputTokens - tokens, 1)
  return {
    ...conversation,
    messages: withBeginning(messages, text.trimEnd()),
    sampling: { ...sampling, maxOutputTokens: left },
  }
}

/** A beginning that the caller gave itself is part of it. */
function withBeginning(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== 'assistant' || last.toolCalls.length > 0) {
    return [...messages, { role: 'assistant', text, toolCalls: [], providerState: null }]
  }
  return [...messages.slice(0, -1), { ...last, text: (last.text ?? '') + text, providerState: null }]
}
