import { type Answer, type AnswerUsage, type Ending, pieces, words } from '../answer.ts'
import type { Ask } from '../ask.ts'
import { dataEvent, type Frame } from '../frame.ts'
import type { MidStreamError, Wire } from '../wire.ts'
import { readChat } from './openai-chat-read.ts'
import { bearerKey, CRASHED, LIMITED, OVERLOADED, openAiHeaders, refuseAsOpenAi } from './openai-common.ts'
import { obfuscates, obfuscation } from './openai-obfuscation.ts'

/** Characters of a tool call's arguments in one chunk. */
const ARGUMENTS_PIECE = 8

/** OpenAI's Chat Completions API (platform.openai.com/docs/api-reference/chat). */
export const openAiChat: Wire = {
  name: 'openai-chat',
  read: readChat,
  keyOf: bearerKey,
  headers: openAiHeaders,
  body,
  frames,
  refuse: refuseAsOpenAi('messages'),
  midStreamError: errorInside('server_error', null, CRASHED),
  statusInside: {
    'error-429': errorInside('requests', 'rate_limit_exceeded', LIMITED),
    'error-500': errorInside('server_error', 'server_error', CRASHED),
    'error-503': errorInside('server_error', 'server_overloaded', OVERLOADED),
  },
  streamType: 'text/event-stream; charset=utf-8',
  wordsInChunk: 1,
  malformed: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con\n\n',
}

function errorInside(type: string, code: string | null, message: string): MidStreamError {
  const error = { message, type, param: null, code }
  return { event: dataEvent({ error }), body: JSON.stringify({ error }) }
}

function body(answer: Answer): string {
  const { content, refusal } = spoken(answer)
  const message = {
    role: 'assistant',
    content,
    ...(answer.reasoningShown === 'shown' && { reasoning_content: answer.reasoning }),
    ...(answer.toolCalls.length > 0 && { tool_calls: toolCalls(answer) }),
    refusal,
    annotations: [],
  }
  return JSON.stringify({
    id: `chatcmpl-${answer.id}`,
    object: 'chat.completion',
    created: Math.floor(answer.at / 1000),
    model: answer.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answer.ending) }],
    ...(answer.usage && { usage: usageOf(answer.usage) }),
    service_tier: 'default',
    system_fingerprint: null,
  })
}

function frames(answer: Answer, ask: Ask): readonly Frame[] {
  const chunk = chunkMaker(answer, ask)
  const { content, refusal } = spoken(answer)
  const delta = (part: object): Frame => ({ kind: 'content', bytes: chunk(part, null) })
  return [
    { kind: 'open', bytes: chunk({ role: 'assistant', content: content === null ? null : '', refusal: null }, null) },
    ...words(answer.reasoningShown === 'shown' ? answer.reasoning : '').map((text) =>
      delta({ reasoning_content: text }),
    ),
    ...words(content ?? '', answer.space).map((text) => delta({ content: text })),
    ...words(refusal ?? '').map((text) => delta({ refusal: text })),
    ...answer.toolCalls.flatMap((_, index) => toolDeltas(answer, index).map((call) => delta({ tool_calls: [call] }))),
    { kind: 'finish', bytes: chunk({}, finishReason(answer.ending)) },
    ...usageFrame(answer, ask),
    { kind: 'end', bytes: dataEvent('[DONE]') },
  ]
}

function chunkMaker(answer: Answer, ask: Ask): (delta: object, finish: string | null) => string {
  return (delta, finish) =>
    dataEvent({
      ...chunkHead(answer),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(ask.streamsUsage && { usage: null }),
      ...(obfuscates(ask) && { obfuscation: obfuscation(JSON.stringify(delta)) }),
    })
}

function chunkHead(answer: Answer) {
  return {
    id: `chatcmpl-${answer.id}`,
    object: 'chat.completion.chunk',
    created: Math.floor(answer.at / 1000),
    model: answer.model,
    service_tier: 'default',
    system_fingerprint: null,
  }
}

function usageFrame(answer: Answer, ask: Ask): readonly Frame[] {
  if (!ask.streamsUsage || answer.usage === null) return []
  return [{ kind: 'usage', bytes: dataEvent({ ...chunkHead(answer), choices: [], usage: usageOf(answer.usage) }) }]
}

function spoken({ ending, text, toolCalls }: Answer): { content: string | null; refusal: string | null } {
  if (ending.type === 'refused') return { content: null, refusal: text }
  return { content: text === '' && toolCalls.length > 0 ? null : text, refusal: null }
}

function toolCalls(answer: Answer) {
  return answer.toolCalls.map((call, index) => ({
    id: `call_${answer.id}${index}`,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }))
}

function toolDeltas(answer: Answer, index: number): readonly object[] {
  const call = toolCalls(answer)[index]
  if (call === undefined) return []
  const fragments = pieces(call.function.arguments, ARGUMENTS_PIECE)
  return [
    { index, id: call.id, type: 'function', function: { name: call.function.name, arguments: '' } },
    ...fragments.map((fragment) => ({ index, function: { arguments: fragment } })),
  ]
}

const FINISH_REASONS = {
  complete: 'stop',
  maxTokens: 'length',
  stopSequence: 'stop',
  toolCalls: 'tool_calls',
  filtered: 'content_filter',
  refused: 'stop',
  missing: null,
} satisfies Record<Ending['type'], string | null>

function finishReason(ending: Ending): string | null {
  return FINISH_REASONS[ending.type]
}

function usageOf(usage: AnswerUsage) {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
