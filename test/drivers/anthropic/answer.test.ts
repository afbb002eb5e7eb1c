import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { Conversation } from '../../../src/core/conversation.ts'
import type { Upstream } from '../../../src/core/driver.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { anthropicDriver } from '../../../src/drivers/anthropic/driver.ts'
import { conversationWith, user } from '../conversation-with.ts'
import { providerAt } from '../provider-at.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { requestWith, runDriver } from '../run-driver.ts'
import { frames, type WireEvent } from './wire.ts'

const SSE = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }
const USAGE = { input_tokens: 1, output_tokens: 2 }

let server: ReplayServer
beforeAll(async () => {
  server = await startReplayServer()
})
afterAll(() => server.close())

/** Asks the driver and gives what came of it, and the body that it sent. */
async function ask(
  answer: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  conversation: Partial<Conversation> = {},
  more: { readonly options?: JsonObject; readonly model?: string; readonly upstream?: Upstream } = {},
) {
  const { url, requests, forget } = server.serve({ status: 200, ...answer, body: Buffer.from(answer.body) })
  const driver = anthropicDriver(providerAt('anthropic', url), { fetch: globalThis.fetch, clock: systemClock })
  const request = requestWith({ model: 'claude-haiku-4-5', conversation: conversationWith(conversation), ...more })
  const folded = await runDriver(driver, request).finally(forget)
  return { ...folded, sent: JSON.parse(requests[0]?.body ?? 'null'), request: requests[0] }
}

const message = (content: readonly object[], stop_reason: string, more: object = {}) => ({
  headers: JSON_TYPE,
  body: JSON.stringify({ type: 'message', model: 'claude', content, stop_reason, usage: USAGE, ...more }),
})
const stream = (blocks: readonly WireEvent[], stop_reason: string) => ({
  headers: SSE,
  body: frames([
    { type: 'message_start', message: { model: 'claude', usage: USAGE } },
    ...blocks,
    { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ]).join(''),
})
const TEXT = { type: 'text', text: 'Hello' }

describe('what Anthropic wants back', () => {
  const WIRE = [
    { type: 'thinking', thinking: 'Hm.', signature: 'sig-1' },
    { type: 'redacted_thinking', data: 'opaque' },
    { type: 'text', text: 'Let me see.' },
    { type: 'thinking', thinking: 'Two.', signature: 'sig-2' },
    { type: 'tool_use', id: 'toolu_1', name: 'look', input: { at: 1 } },
  ]
  const STREAMED: WireEvent[] = [
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig-1' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: WIRE[1] },
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'Let me see.' } },
    { type: 'content_block_stop', index: 2 },
    {
      type: 'content_block_start',
      index: 3,
      content_block: { type: 'thinking', thinking: 'Two.', signature: 'sig-2' },
    },
    { type: 'content_block_stop', index: 3 },
    {
      type: 'content_block_start',
      index: 4,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
    },
    { type: 'content_block_delta', index: 4, delta: { type: 'input_json_delta', partial_json: '{"at":1}' } },
    { type: 'content_block_stop', index: 4 },
  ]

  it.each([
    ['in one piece', message(WIRE, 'tool_use')],
    ['streamed', stream(STREAMED, 'tool_use')],
  ])('goes back in its place in the next turn, from an answer %s', async (_, answer) => {
    const { text, reasoning, tools, finish } = await ask(answer)
    expect({ text, reasoning }).toEqual({ text: 'Let me see.', reasoning: 'Hm.Two.' })
    const state = { provider: 'anthropic', state: finish.providerState }
    const assistant = { role: 'assistant', text, toolCalls: tools, providerState: state } as const
    const next = await ask(message([TEXT], 'end_turn'), { messages: [user('Look!'), assistant] })
    expect(next.sent.messages[1]).toEqual({ role: 'assistant', content: WIRE })
    const edited = { ...assistant, text: 'Something else.' }
    const after = await ask(message([TEXT], 'end_turn'), { messages: [user('Look!'), edited] })
    expect(after.sent.messages[1].content).toEqual([
      WIRE[0],
      WIRE[1],
      WIRE[3],
      { type: 'text', text: 'Something else.' },
      WIRE[4],
    ])
  })

  it('stays behind where another model would refuse it', async () => {
    const { text, tools, finish } = await ask(message(WIRE, 'tool_use'), {}, { model: 'claude-opus-5' })
    const providerState = { provider: 'anthropic', state: finish.providerState }
    const messages = [user('Look!'), { role: 'assistant', text, toolCalls: tools, providerState } as const, user('So?')]
    const kept = await ask(message([TEXT], 'end_turn'), { messages }, { model: 'claude-opus-5' })
    const left = await ask(message([TEXT], 'end_turn'), { messages }, { model: 'claude-opus-5-5' })
    expect(kept.sent.messages[1].content).toEqual(WIRE)
    expect(left.sent.messages[1].content).toEqual([WIRE[2], WIRE[4]])
  })

  it('is nothing where the answer says it all', async () => {
    expect((await ask(message([TEXT], 'end_turn'))).finish.providerState).toBeNull()
  })
})

describe("Anthropic's answers in the form that was asked for", () => {
  const json: Partial<Conversation> = { output: { type: 'json' } }

  it('come as text, never as the tool that carries them', async () => {
    const use = { type: 'tool_use', id: 'toolu_1', name: 'answer', input: { a: [1] } }
    const whole = await ask(message([use], 'tool_use'), json)
    expect([whole.text, whole.tools, whole.finish.reason]).toEqual(['{"a":[1]}', [], 'STOP'])
    const streamed = await ask(
      stream(
        [
          { type: 'content_block_start', index: 0, content_block: { ...use, input: {} } },
          { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a"' } },
          { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: ': [1]}' } },
          { type: 'content_block_stop', index: 0 },
        ],
        'tool_use',
      ),
      json,
    )
    expect([streamed.text, streamed.tools, streamed.finish.reason]).toEqual(['{"a": [1]}', [], 'STOP'])
  })

  it('are unwrapped where they are no object', async () => {
    const output = { type: 'schema', name: 'list', schema: { type: 'array', items: { type: 'number' } } } as const
    const use = { type: 'tool_use', id: 'toolu_1', name: 'list', input: { value: [1, 2] } }
    const { text } = await ask(message([use], 'tool_use'), { output }, { model: 'claude-sonnet-4-0' })
    expect(text).toBe('[1,2]')
  })
})

describe("Anthropic's ends", () => {
  it.each([
    ['end_turn', 'STOP'],
    ['stop_sequence', 'STOP'],
    ['pause_turn', 'STOP'],
    ['max_tokens', 'LENGTH'],
    ['model_context_window_exceeded', 'LENGTH'],
    ['refusal', 'REFUSAL'],
  ])('%s is %s', async (wire, reason) => {
    expect((await ask(message([TEXT], wire))).finish.reason).toBe(reason)
  })

  it('a refusal before any output is an error that says why', async () => {
    const refusal = message([], 'refusal', { stop_details: { type: 'refusal', explanation: 'Not this.' } })
    await expect(ask(refusal)).rejects.toMatchObject({ kind: 'CONTENT_REJECTED', message: 'Not this.' })
  })
})

describe('requests to Anthropic', () => {
  it('carry the older version only with what it alone has', async () => {
    const plain = await ask(message([TEXT], 'end_turn'))
    const sampled = await ask(message([TEXT], 'end_turn'), {}, { options: { top_k: 3 } })
    expect(plain.request?.headers['anthropic-version']).not.toBe('2023-06-01')
    expect(sampled.request?.headers['anthropic-version']).toBe('2023-06-01')
    expect(sampled.sent.top_k).toBe(3)
  })

  it("take the caller's options untouched, beside what is there", async () => {
    const tools = [{ name: 'look', description: null, parameters: { type: 'object' }, strict: null }]
    const search = { type: 'web_search_20250305', name: 'web_search' }
    const options = {
      cache_control: { type: 'ephemeral', ttl: '1h' },
      tools: [search],
      output_config: { task_budget: null },
    }
    const reasoning = { effort: 'LOW', maxTokens: null } as const
    const { sent } = await ask(message([TEXT], 'end_turn'), { tools, reasoning }, { options, model: 'claude-opus-4-8' })
    expect(sent).toMatchObject({
      cache_control: { type: 'ephemeral', ttl: '1h' },
      tools: [{ name: 'look' }, search],
      output_config: { effort: 'low', task_budget: null },
    })
  })

  it('are not sent where something cannot be said', async () => {
    const driver = anthropicDriver(providerAt('anthropic', 'http://127.0.0.1:1'), {
      fetch: globalThis.fetch,
      clock: systemClock,
    })
    const conversation = conversationWith({ sampling: { seed: 7 } })
    expect(driver.unsupported({ model: 'claude-haiku-4-5', conversation })).toMatchObject([{ path: ['seed'] }])
    const run = runDriver(driver, requestWith({ model: 'claude-haiku-4-5', conversation }))
    await expect(run).rejects.toMatchObject({ kind: 'INVALID_REQUEST', issues: [{ path: ['seed'] }] })
  })
})
