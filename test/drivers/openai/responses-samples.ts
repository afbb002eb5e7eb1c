import type { Sample } from '../contract-subject.ts'
import { TEXT, TOOLS, USAGE } from './samples.ts'

const RESPONSES_MODEL = 'gpt-test-responses'

export function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

const RESPONSES_USAGE = {
  input_tokens: 20,
  input_tokens_details: { cached_tokens: 8 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 5 },
  total_tokens: 32,
}

const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: TEXT, annotations: [] }],
}
const calls = [
  {
    type: 'function_call',
    id: 'fc_1',
    call_id: 'call_a',
    name: 'get_weather',
    arguments: '{"city":"Zürich"}',
    status: 'completed',
  },
  { type: 'function_call', id: 'fc_2', call_id: 'call_b', name: 'get_time', arguments: '', status: 'completed' },
]

export function response(output: readonly object[], status = 'completed'): object {
  const done = status === 'completed'
  return {
    id: 'resp_1',
    object: 'response',
    status,
    error: null,
    model: RESPONSES_MODEL,
    output,
    usage: done ? RESPONSES_USAGE : null,
  }
}

const begun = [event('response.created', { response: response([], 'in_progress') })]
const at = (output_index: number) => ({ output_index, content_index: 0, item_id: `item_${output_index}` })

export const RESPONSES_TEXT: Sample = {
  frames: [
    ...begun,
    event('response.output_item.added', { ...at(0), item: { ...message, content: [], status: 'in_progress' } }),
    event('response.output_text.delta', { ...at(0), delta: 'Grüße, ' }),
    event('response.output_text.delta', { ...at(0), delta: '世界!' }),
    event('response.output_item.done', { ...at(0), item: message }),
    event('response.completed', { response: response([message]) }),
  ],
  body: JSON.stringify(response([message])),
  text: TEXT,
  tools: [],
  reason: 'STOP',
  usage: USAGE,
  model: RESPONSES_MODEL,
}

export const RESPONSES_TOOLS: Sample = {
  ...RESPONSES_TEXT,
  frames: [
    ...begun,
    event('response.output_item.added', { ...at(0), item: { ...calls[0], arguments: '' } }),
    event('response.function_call_arguments.delta', { ...at(0), delta: '{"city":' }),
    event('response.output_item.added', { ...at(1), item: { ...calls[1], arguments: '' } }),
    event('response.function_call_arguments.delta', { ...at(0), delta: '"Zürich"}' }),
    event('response.output_item.done', { ...at(0), item: calls[0] }),
    event('response.output_item.done', { ...at(1), item: calls[1] }),
    event('response.completed', { response: response(calls) }),
  ],
  body: JSON.stringify(response(calls)),
  text: '',
  tools: TOOLS,
  reason: 'TOOL_CALLS',
}

export const RESPONSES_TRUNCATED = RESPONSES_TEXT.frames.slice(0, 4)

export const RESPONSES_BAD_ARGUMENTS = [
  ...begun,
  event('response.output_item.added', { ...at(0), item: { ...calls[0], arguments: '' } }),
  event('response.function_call_arguments.delta', { ...at(0), delta: '{"city": Zürich' }),
  event('response.completed', { response: response([]) }),
]

export const textDelta = (delta: string) => event('response.output_text.delta', { ...at(0), delta })
