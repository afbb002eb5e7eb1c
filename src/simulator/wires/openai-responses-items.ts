import { type Answer, pieces, words } from '../answer.ts'
import type { Ask } from '../ask.ts'
import { textsAt } from '../json-access.ts'
import { seal } from '../seal.ts'
import { ENCRYPTED_PREFIX } from './openai-responses-read.ts'

/** An event without its place in the stream, which is added when the stream is put together. */
export interface LooseEvent {
  readonly type: string
  readonly [name: string]: unknown
}

/** One item of a response's output, and the events that build it up. */
export interface OutputItem {
  /** As `response.output_item.added` shows it. */
  readonly added: object
  /** As `response.output_item.done` and the unary answer have it. */
  readonly done: object
  readonly before: readonly LooseEvent[]
  readonly deltas: readonly LooseEvent[]
  readonly after: readonly LooseEvent[]
}

/** Characters of a tool call's arguments in one event. */
const ARGUMENTS_PIECE = 8

/** The items of an answer, in order. */
export function outputItems(answer: Answer, ask: Ask): readonly OutputItem[] {
  const reasoning = answer.reasoningShown === 'none' ? [] : [reasoningItem(answer, ask)]
  const message = answer.text === '' ? [] : [messageItem(answer)]
  return [...reasoning, ...message, ...answer.toolCalls.map((_, index) => callItem(answer, index))]
}

function reasoningItem(answer: Answer, ask: Ask): OutputItem {
  const item_id = `rs_${answer.id}`
  const text = answer.reasoningShown === 'shown' ? answer.reasoning : ''
  const encrypted = textsAt(ask.body, 'include').includes('reasoning.encrypted_content')
  const hidden = encrypted ? { encrypted_content: seal(ENCRYPTED_PREFIX, answer.reasoning) } : {}
  const part = { type: 'summary_text', text }
  const at = { item_id, summary_index: 0 }
  const head = { id: item_id, type: 'reasoning', ...hidden }
  if (text === '') {
    const bare = { ...head, summary: [] }
    return { added: bare, done: bare, before: [], deltas: [], after: [] }
  }
  return {
    added: { ...head, summary: [] },
    done: { ...head, summary: [part] },
    before: [{ type: 'response.reasoning_summary_part.added', ...at, part: { ...part, text: '' } }],
    deltas: words(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...at, delta })),
    after: [
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    ],
  }
}

function messageItem(answer: Answer): OutputItem {
  const id = `msg_${answer.id}`
  const refused = answer.ending.type === 'refused'
  const part = (text: string) =>
    refused ? { type: 'refusal', refusal: text } : { type: 'output_text', annotations: [], logprobs: [], text }
  const at = { item_id: id, content_index: 0 }
  const name = refused ? 'response.refusal' : 'response.output_text'
  const logprobs = refused ? {} : { logprobs: [] }
  const cut = answer.ending.type === 'maxTokens' || answer.ending.type === 'filtered'
  const head = { id, type: 'message', role: 'assistant' }
  return {
    added: { ...head, status: 'in_progress', content: [] },
    done: { ...head, status: cut ? 'incomplete' : 'completed', content: [part(answer.text)] },
    before: [{ type: 'response.content_part.added', ...at, part: part('') }],
    deltas: words(answer.text, answer.space).map((delta) => ({ type: `${name}.delta`, ...at, delta, ...logprobs })),
    after: [
      { type: `${name}.done`, ...at, ...(refused ? { refusal: answer.text } : { text: answer.text, logprobs: [] }) },
      { type: 'response.content_part.done', ...at, part: part(answer.text) },
    ],
  }
}

function callItem(answer: Answer, index: number): OutputItem {
  const call = answer.toolCalls[index]
  const id = `fc_${answer.id}${index}`
  const text = JSON.stringify(call?.arguments ?? {})
  const head = { id, type: 'function_call', call_id: `call_${answer.id}${index}`, name: call?.name ?? '' }
  const at = { item_id: id }
  return {
    added: { ...head, status: 'in_progress', arguments: '' },
    done: { ...head, status: 'completed', arguments: text },
    before: [],
    deltas: pieces(text, ARGUMENTS_PIECE).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...at,
      delta,
    })),
    after: [{ type: 'response.function_call_arguments.done', ...at, arguments: text }],
  }
}
