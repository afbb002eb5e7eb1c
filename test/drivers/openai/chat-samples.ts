import type { Sample } from '../contract-subject.ts'
import { TEXT, TOOLS, USAGE } from './samples.ts'

const CHAT_USAGE = {
  prompt_tokens: 20,
  completion_tokens: 12,
  total_tokens: 32,
  prompt_tokens_details: { cached_tokens: 8 },
  completion_tokens_details: { reasoning_tokens: 5 },
}

export const CHAT_MODEL = 'gpt-test-2026-01-01'

export function chatFrame(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: CHAT_MODEL, choices })}\n\n`
}

const CHAT_END = [
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model: CHAT_MODEL, choices: [], usage: CHAT_USAGE })}\n\n`,
  'data: [DONE]\n\n',
]

function chatBody(message: object, finish: string): string {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }]
  return JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', model: CHAT_MODEL, choices, usage: CHAT_USAGE })
}

const fn = (index: number, call: object, id?: string) => ({
  index,
  ...(id ? { id, type: 'function' } : {}),
  function: call,
})

export const CHAT_TEXT: Sample = {
  frames: [
    chatFrame({ role: 'assistant', content: '' }),
    chatFrame({ content: 'Grüße, ' }),
    chatFrame({ content: '世界!' }),
    chatFrame({}, 'stop'),
    ...CHAT_END,
  ],
  body: chatBody({ content: TEXT }, 'stop'),
  text: TEXT,
  tools: [],
  reason: 'STOP',
  usage: USAGE,
  model: CHAT_MODEL,
}

export const CHAT_TOOLS: Sample = {
  ...CHAT_TEXT,
  frames: [
    chatFrame({
      role: 'assistant',
      content: null,
      tool_calls: [fn(0, { name: 'get_weather', arguments: '' }, 'call_a')],
    }),
    chatFrame({ tool_calls: [fn(0, { arguments: '{"city":' })] }),
    chatFrame({ tool_calls: [fn(1, { name: 'get_time', arguments: '' }, 'call_b')] }),
    chatFrame({ tool_calls: [fn(0, { arguments: '"Zürich"}' })] }),
    chatFrame({}, 'tool_calls'),
    ...CHAT_END,
  ],
  body: chatBody(
    {
      content: null,
      tool_calls: [
        { id: 'call_a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Zürich"}' } },
        { id: 'call_b', type: 'function', function: { name: 'get_time', arguments: '' } },
      ],
    },
    'tool_calls',
  ),
  text: '',
  tools: TOOLS,
  reason: 'TOOL_CALLS',
}

export const CHAT_TRUNCATED = CHAT_TEXT.frames.slice(0, 3)

export const CHAT_BAD_ARGUMENTS = [
  chatFrame({ tool_calls: [fn(0, { name: 'get_weather', arguments: '{"city": Zürich' }, 'call_a')] }),
  chatFrame({}, 'tool_calls'),
  ...CHAT_END,
]
