import { type Answer, type AnswerUsage, type Ending, pieces, words } from '../answer.ts'
import { type Frame, namedEvent } from '../frame.ts'
import { seal } from '../seal.ts'
import type { HeaderContext, MidStreamError, Wire } from '../wire.ts'
import { readAnthropic, SIGNATURE_PREFIX } from './anthropic-read.ts'
import { refuseAsAnthropic } from './anthropic-refusals.ts'

/** Characters of a tool call's arguments in one event. */
const ARGUMENTS_PIECE = 8

/** Anthropic's Messages API (docs.claude.com/en/api/messages and …/messages-streaming). */
export const anthropic: Wire = {
  name: 'anthropic',
  read: readAnthropic,
  keyOf: (headers) =>
    headers['x-api-key'] ?? /^Bearer\s+(?<key>\S+)$/i.exec(headers.authorization ?? '')?.groups?.key ?? null,
  headers,
  body,
  frames,
  refuse: refuseAsAnthropic,
  midStreamError: errorInside('overloaded_error', 'Overloaded'),
  statusInside: {
    'error-429': errorInside('rate_limit_error', "This request would exceed your organization's rate limit."),
    'error-500': errorInside('api_error', 'Internal server error'),
    'error-503': errorInside('overloaded_error', 'Overloaded'),
  },
  streamType: 'text/event-stream; charset=utf-8',
  wordsInChunk: 1,
  malformed:
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","te\n\n',
}

function errorInside(type: string, message: string): MidStreamError {
  const error = { type: 'error', error: { details: null, type, message } }
  return { event: namedEvent(error), body: JSON.stringify(error) }
}

/** docs.claude.com/en/api/rate-limits#response-headers */
function headers({ requestId, at, inputTokens }: HeaderContext): Record<string, string> {
  const reset = new Date(at + 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  const limit = (name: string, all: number, left: number) => ({
    [`anthropic-ratelimit-${name}-limit`]: String(all),
    [`anthropic-ratelimit-${name}-remaining`]: String(left),
    [`anthropic-ratelimit-${name}-reset`]: reset,
  })
  const inputLeft = Math.max(2_000_000 - inputTokens, 0)
  return {
    ...limit('requests', 4_000, 3_999),
    ...limit('input-tokens', 2_000_000, inputLeft),
    ...limit('output-tokens', 400_000, 400_000),
    ...limit('tokens', 2_400_000, inputLeft + 400_000),
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    'request-id': requestId,
  }
}

interface Block {
  /** As `content_block_start` shows it. */
  readonly start: object
  /** As the unary answer has it. */
  readonly whole: object
  readonly deltas: readonly object[]
}

function blocksOf(answer: Answer): readonly Block[] {
  const thought = answer.reasoningShown === 'none' ? [] : [thinkingBlock(answer)]
  const text = answer.text === '' ? [] : [textBlock(answer)]
  return [...thought, ...text, ...answer.toolCalls.map((_, index) => toolBlock(answer, index))]
}

function thinkingBlock({ reasoning, reasoningShown }: Answer): Block {
  const thinking = reasoningShown === 'shown' ? reasoning : ''
  const signature = seal(SIGNATURE_PREFIX, thinking)
  return {
    start: { type: 'thinking', thinking: '', signature: '' },
    whole: { type: 'thinking', thinking, signature },
    deltas: [
      ...words(thinking).map((word) => ({ type: 'thinking_delta', thinking: word })),
      { type: 'signature_delta', signature },
    ],
  }
}

function textBlock({ text, space }: Answer): Block {
  return {
    start: { type: 'text', text: '' },
    whole: { type: 'text', text },
    deltas: words(text, space).map((word) => ({ type: 'text_delta', text: word })),
  }
}

function toolBlock(answer: Answer, index: number): Block {
  const call = answer.toolCalls[index]
  const head = {
    type: 'tool_use',
    id: `toolu_${answer.id}${index}`,
    name: call?.name ?? '',
    caller: { type: 'direct' },
  }
  const input = call?.arguments ?? {}
  const fragments = pieces(JSON.stringify(input), ARGUMENTS_PIECE)
  return {
    start: { ...head, input: {} },
    whole: { ...head, input },
    deltas: ['', ...fragments].map((fragment) => ({ type: 'input_json_delta', partial_json: fragment })),
  }
}

function body(answer: Answer): string {
  const content = blocksOf(answer).map((block) => block.whole)
  return JSON.stringify({
    ...message(answer),
    content,
    ...endingOf(answer.ending),
    ...(answer.usage && { usage: usageOf(answer.usage, answer.usage.output) }),
  })
}

function message(answer: Answer) {
  return { model: answer.model, id: `msg_${answer.id}`, type: 'message', role: 'assistant', content: [] as object[] }
}

function frames(answer: Answer): readonly Frame[] {
  const { usage } = answer
  const opened = {
    ...message(answer),
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    ...(usage && { usage: usageOf(usage, 1) }),
  }
  const finished = { type: 'message_delta', delta: endingOf(answer.ending), ...(usage && { usage: totalsOf(usage) }) }
  return [
    { kind: 'open', bytes: namedEvent({ type: 'message_start', message: opened }) },
    { kind: 'open', bytes: 'event: ping\ndata: {"type": "ping"}\n\n' },
    ...blocksOf(answer).flatMap(blockFrames),
    { kind: 'finish', bytes: namedEvent(finished) },
    { kind: 'end', bytes: namedEvent({ type: 'message_stop' }) },
  ]
}

function blockFrames({ start, deltas }: Block, index: number): readonly Frame[] {
  const event = (type: string, rest: object): string => namedEvent({ type, index, ...rest })
  return deltas.map((delta, at): Frame => {
    const before = at === 0 ? event('content_block_start', { content_block: start }) : ''
    const after = at === deltas.length - 1 ? event('content_block_stop', {}) : ''
    return { kind: 'content', bytes: `${before}${event('content_block_delta', { delta })}${after}` }
  })
}

const STOP_REASONS = {
  complete: 'end_turn',
  maxTokens: 'max_tokens',
  stopSequence: 'stop_sequence',
  toolCalls: 'tool_use',
  filtered: 'refusal',
  refused: 'refusal',
  missing: null,
} satisfies Record<Ending['type'], string | null>

function endingOf(ending: Ending) {
  const declined = STOP_REASONS[ending.type] === 'refusal'
  return {
    stop_reason: STOP_REASONS[ending.type],
    stop_sequence: ending.type === 'stopSequence' ? ending.sequence : null,
    stop_details: declined ? { type: 'refusal', category: null, explanation: null } : null,
  }
}

function usageOf(usage: AnswerUsage, output: number) {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: output,
    service_tier: 'standard',
    inference_geo: 'not_available',
  }
}

function totalsOf(usage: AnswerUsage) {
  return {
    input_tokens: usage.input - usage.cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: usage.cached,
    output_tokens: usage.output,
  }
}
