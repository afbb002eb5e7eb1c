import type { Answer, AnswerUsage, Ending } from '../answer.ts'
import type { Ask } from '../ask.ts'
import { type Frame, namedEvent } from '../frame.ts'
import type { MidStreamError, Wire } from '../wire.ts'
import { bearerKey, CRASHED, LIMITED, OVERLOADED, openAiHeaders, refuseAsOpenAi } from './openai-common.ts'
import { obfuscates, obfuscation } from './openai-obfuscation.ts'
import { type LooseEvent, type OutputItem, outputItems } from './openai-responses-items.ts'
import { readResponses } from './openai-responses-read.ts'

/** OpenAI's Responses API (platform.openai.com/docs/api-reference/responses and …/responses-streaming). */
export const openAiResponses: Wire = {
  name: 'openai-responses',
  read: readResponses,
  keyOf: bearerKey,
  headers: openAiHeaders,
  body: (answer, ask) => JSON.stringify(responseOf(answer, ask, outputItems(answer, ask))),
  frames,
  refuse: refuseAsOpenAi('input'),
  midStreamError: errorInside('server_error', CRASHED),
  statusInside: {
    'error-429': errorInside('rate_limit_exceeded', LIMITED),
    'error-500': errorInside('server_error', CRASHED),
    'error-503': errorInside('server_overloaded', OVERLOADED),
  },
  streamType: 'text/event-stream; charset=utf-8',
  wordsInChunk: 1,
  malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","content_index":0,"del\n\n',
}

function errorInside(code: string, message: string): MidStreamError {
  const error = { code, message }
  const failed = { id: 'resp_simfailed', object: 'response', status: 'failed', error, output: [], usage: null }
  return {
    event: namedEvent({ type: 'error', code, message, param: null, sequence_number: 9 }),
    failedEvent: namedEvent({ type: 'response.failed', sequence_number: 9, response: failed }),
    body: JSON.stringify(failed),
  }
}

function frames(answer: Answer, ask: Ask): readonly Frame[] {
  const items = outputItems(answer, ask)
  const numbered = numberer()
  const opened = {
    ...responseOf(answer, ask, []),
    status: 'in_progress',
    incomplete_details: null,
    completed_at: null,
    usage: null,
  }
  const whole = responseOf(answer, ask, items)
  const end = whole.status === 'incomplete' ? 'response.incomplete' : 'response.completed'
  return [
    { kind: 'open', bytes: numbered({ type: 'response.created', response: opened }) },
    { kind: 'open', bytes: numbered({ type: 'response.in_progress', response: opened }) },
    ...items.map((item) => obscured(item, ask)).flatMap((item, index) => itemFrames(item, index, numbered)),
    { kind: 'end', bytes: numbered({ type: end, response: whole }) },
  ]
}

type Numberer = (event: LooseEvent) => string

function numberer(): Numberer {
  let next = 0
  return ({ type, ...rest }) => namedEvent({ type, ...rest, sequence_number: next++ })
}

function obscured(item: OutputItem, ask: Ask): OutputItem {
  if (!obfuscates(ask)) return item
  return { ...item, deltas: item.deltas.map((delta) => ({ ...delta, obfuscation: obfuscation(String(delta.delta)) })) }
}

/** An item's events; what frames the deltas travels with the first and the last of them. */
function itemFrames(item: OutputItem, output_index: number, numbered: Numberer): readonly Frame[] {
  const placed = (events: readonly LooseEvent[]) => events.map((event) => numbered({ ...event, output_index })).join('')
  const before = placed([{ type: 'response.output_item.added', item: item.added }, ...item.before])
  const deltas = item.deltas.map((delta) => placed([delta]))
  const after = placed([...item.after, { type: 'response.output_item.done', item: item.done }])
  if (deltas.length === 0) return [{ kind: 'open', bytes: `${before}${after}` }]
  return deltas.map((delta, at) => ({
    kind: 'content',
    bytes: `${at === 0 ? before : ''}${delta}${at === deltas.length - 1 ? after : ''}`,
  }))
}

const STATUSES = {
  complete: 'completed',
  maxTokens: 'incomplete',
  stopSequence: 'completed',
  toolCalls: 'completed',
  filtered: 'incomplete',
  refused: 'completed',
  missing: 'in_progress',
} satisfies Record<Ending['type'], string>

function responseOf(answer: Answer, ask: Ask, items: readonly OutputItem[]) {
  const { body } = ask
  const status = STATUSES[answer.ending.type]
  const at = Math.floor(answer.at / 1000)
  const reason = answer.ending.type === 'filtered' ? 'content_filter' : 'max_output_tokens'
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: at,
    status,
    background: false,
    completed_at: status === 'completed' ? at : null,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: ask.maxTokens,
    max_tool_calls: null,
    frequency_penalty: 0,
    moderation: null,
    presence_penalty: 0,
    model: answer.model,
    output: items.map((item) => item.done),
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: body.previous_response_id ?? null,
    prompt_cache_key: null,
    prompt_cache_retention: null,
    reasoning: body.reasoning ?? { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: body.store ?? true,
    temperature: body.temperature ?? 1,
    text: body.text ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_logprobs: 0,
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage: answer.usage === null ? null : usageOf(answer.usage),
    user: null,
    metadata: body.metadata ?? {},
  }
}

function usageOf(usage: AnswerUsage) {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  }
}
