import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { answered, asked, conversation } from './asked.ts'
import { CHAT_MODEL, chatFrame } from './chat-samples.ts'
import { USAGE } from './samples.ts'

const COMPATIBLE = { driver: 'openai-compatible' } as const
const DONE = 'data: [DONE]\n\n'

describe('an answer of Chat Completions', () => {
  let server: ReplayServer
  beforeAll(async () => {
    server = await startReplayServer()
  })
  afterAll(() => server.close())
  const read = (...frames: readonly string[]) => answered(server, COMPATIBLE, frames.join(''))
  const call = (name: string | undefined, args: string | null | undefined, more: object = {}) => ({
    ...more,
    function: { name, arguments: args },
  })

  it('is complete with a finish reason and no end mark, and with an end mark and no finish reason', async () => {
    const marked = await read(chatFrame({ content: 'Hi' }), DONE)
    expect([marked.text, marked.finish.reason, marked.finish.usage]).toEqual(['Hi', 'STOP', null])
    const reasoned = await read(chatFrame({ content: 'Hi' }), chatFrame({}, 'length'))
    expect(reasoned.finish.reason).toBe('LENGTH')
    const tools = await read(chatFrame({ tool_calls: [call('f', '{}', { index: 0, id: 'a' })] }), DONE)
    expect(tools.finish.reason).toBe('TOOL_CALLS')
  })

  it('has tool calls that come whole, without index, without id, or all with the same index', async () => {
    const whole = await read(
      chatFrame({ tool_calls: [call('f', '{"x":1}', { id: 'a' }), call('g', null, { id: 'b' })] }, 'tool_calls'),
      DONE,
    )
    expect(whole.tools).toEqual([
      { id: 'a', name: 'f', arguments: { x: 1 } },
      { id: 'b', name: 'g', arguments: {} },
    ])
    const same = [
      call('f', '{', { index: 0, id: 'a' }),
      call(undefined, '}', { index: 0 }),
      call('g', '{}', { index: 0, id: 'b' }),
    ]
    const { tools } = await read(
      ...same.map((entry) => chatFrame({ tool_calls: [entry] })),
      chatFrame({}, 'stop'),
      DONE,
    )
    expect(tools.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'f'],
      ['b', 'g'],
    ])
    const nameless = await read(
      chatFrame({ tool_calls: [call('f', '{}', { index: 0, id: '' }), call('f', '{}', { index: 1 })] }, 'stop'),
      DONE,
    )
    expect(new Set(nameless.tools.map(({ id }) => id)).size).toBe(2)
    expect(nameless.finish.reason).toBe('TOOL_CALLS')
    const legacy = await read(
      chatFrame({ function_call: { name: 'f', arguments: '{"x"' } }),
      chatFrame({ function_call: { arguments: ':2}' } }, 'function_call'),
      DONE,
    )
    expect(legacy.tools).toMatchObject([{ name: 'f', arguments: { x: 2 } }])
  })

  it('has an id and a name before its arguments, however they come', async () => {
    const entries = [
      call(undefined, '{"x"', { index: 0, id: 'a' }),
      call('f', ':1', { index: 0, id: 'a' }),
      call('f', '}', { index: 0, id: 'a' }),
    ]
    const { tools } = await read(
      ...entries.map((entry) => chatFrame({ tool_calls: [entry] })),
      chatFrame({}, 'tool_calls'),
      DONE,
    )
    expect(tools).toEqual([{ id: 'a', name: 'f', arguments: { x: 1 } }])
  })

  it('has a refusal as text, and a filtered answer as such', async () => {
    const refused = await read(chatFrame({ refusal: 'I will not.' }), chatFrame({}, 'stop'), DONE)
    expect([refused.text, refused.finish.reason]).toEqual(['I will not.', 'REFUSAL'])
    const filtered = await read(chatFrame({ content: 'I' }), chatFrame({}, 'content_filter'), DONE)
    expect(filtered.finish.reason).toBe('CONTENT_FILTER')
  })

  it('has reasoning from whichever field, once', async () => {
    const details = [{ type: 'reasoning.text', index: 0, text: 'b' }]
    const { reasoning, finish } = await read(
      chatFrame({
        reasoning: 'a',
        reasoning_content: 'a',
        reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'a' }],
      }),
      chatFrame({ reasoning_details: details }),
      chatFrame({ reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 'sig' }] }),
      chatFrame(
        {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'c' }] },
            { type: 'text', text: 'd' },
          ],
        },
        'stop',
      ),
      DONE,
    )
    expect(reasoning).toBe('abc')
    expect(finish.providerState).toEqual({
      message: { reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'ab', signature: 'sig' }] },
      toolCalls: {},
    })
  })

  it('gives reasoning back as a part where it came as one', async () => {
    const part = (text: string) => ({ type: 'thinking', thinking: [{ type: 'text', text }] })
    const frames = [
      chatFrame({ content: [part('a')] }),
      chatFrame({ content: [part('b')] }),
      chatFrame({ content: 'c' }, 'stop'),
      DONE,
    ]
    const mistral = { ...COMPATIBLE, name: 'mistral' }
    const { text, finish } = await answered(server, mistral, frames.join(''))
    const providerState = { provider: 'mistral', state: finish.providerState }
    const messages = [{ role: 'assistant', text, toolCalls: [], providerState }] as const
    const { body } = await asked(server, mistral, { conversation: conversation({ messages }) })
    const content = [part('ab'), { type: 'text', text: 'c' }]
    expect(body.messages).toEqual([{ role: 'assistant', content, prefix: true }])
  })

  it('has usage wherever it stands, with reasoning in the output also where it is reported apart', async () => {
    const usage = {
      prompt_tokens: 20,
      completion_tokens: 7,
      total_tokens: 32,
      prompt_tokens_details: { cached_tokens: 8 },
      completion_tokens_details: { reasoning_tokens: 5 },
    }
    const frame = (fields: object) => `data: ${JSON.stringify({ model: CHAT_MODEL, choices: [], ...fields })}\r\n\r\n`
    expect((await read(chatFrame({ content: 'x' }, 'stop'), frame({ usage }), DONE)).finish.usage).toEqual(USAGE)
    expect((await read(chatFrame({ content: 'x' }, 'stop'), frame({ x_groq: { usage } }))).finish.usage).toEqual(USAGE)
  })

  it('is cut where its last chunk is cut', async () => {
    const cut = chatFrame({ content: 'more' }).slice(0, -10)
    await expect(read(chatFrame({ content: 'Hi' }), cut)).rejects.toMatchObject({ kind: 'TRUNCATED' })
    await expect(read(chatFrame({ content: 'Hi' }), `${cut}\n\n`)).rejects.toMatchObject({ kind: 'MALFORMED' })
  })

  it('is an error where a 200 holds one', async () => {
    const body = JSON.stringify({
      error: { code: 502, message: 'Provider returned error', metadata: { raw: 'overloaded' } },
    })
    await expect(answered(server, COMPATIBLE, body, 'application/json')).rejects.toMatchObject({ kind: 'OVERLOADED' })
  })
})
