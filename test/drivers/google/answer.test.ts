import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/core/clock.ts'
import type { Conversation } from '../../../src/core/conversation.ts'
import type { Upstream } from '../../../src/core/driver.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { googleDriver } from '../../../src/drivers/google/driver.ts'
import { conversationWith, user } from '../conversation-with.ts'
import { providerAt } from '../provider-at.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { requestWith, runDriver } from '../run-driver.ts'

const MODEL = 'gemini-3-flash-preview'

let server: ReplayServer
beforeAll(async () => {
  server = await startReplayServer()
})
afterAll(() => server.close())

/** Asks the driver, which is answered these chunks, and gives what came of it and what it sent. */
async function ask(
  chunks: readonly object[],
  conversation: Partial<Conversation> = {},
  more: { readonly options?: JsonObject; readonly model?: string; readonly upstream?: Upstream } = {},
) {
  const streamed = more.upstream !== 'unary'
  const body = streamed
    ? chunks.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join('')
    : JSON.stringify(chunks[0])
  const headers = { 'content-type': streamed ? 'text/event-stream' : 'application/json' }
  const { url, requests, forget } = server.serve({ status: 200, headers, body: Buffer.from(body) })
  const driver = googleDriver(providerAt('google', url), { fetch: globalThis.fetch, clock: systemClock })
  const request = requestWith({ model: MODEL, conversation: conversationWith(conversation), ...more })
  const folded = await runDriver(driver, request).finally(forget)
  return { ...folded, sent: JSON.parse(requests[0]?.body ?? 'null'), request: requests[0] }
}

const chunk = (parts: readonly object[], finishReason?: string, finishMessage?: string) => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, finishMessage }],
})
const DONE = chunk([{ text: 'Hello' }], 'STOP')

describe('what Google wants back', () => {
  const PARTS = [
    { text: 'First I think.', thought: true },
    { text: 'Let me ' },
    { text: 'see.' },
    { text: '', thoughtSignature: 'sig-text' },
    { executableCode: { language: 'PYTHON', code: '1+1' }, thoughtSignature: 'sig-code' },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2' } },
    { functionCall: { id: 'abc', name: 'look', args: { at: 1 } }, thoughtSignature: 'sig-call' },
    { functionCall: { name: 'wait', args: {} } },
  ]

  it.each([
    ['in one piece', 'unary', [chunk(PARTS, 'STOP')]],
    ['streamed', 'stream', [...PARTS.map((part) => chunk([part])), chunk([], 'STOP')]],
  ] as const)('goes back on the same parts in the next turn, from an answer %s', async (_, upstream, chunks) => {
    const { text, reasoning, tools, finish } = await ask(chunks, {}, { upstream })
    expect({ text, reasoning, reason: finish.reason }).toEqual({
      text: 'Let me see.',
      reasoning: 'First I think.',
      reason: 'TOOL_CALLS',
    })
    const state = { provider: 'google', state: finish.providerState }
    const assistant = { role: 'assistant', text, toolCalls: tools, providerState: state } as const
    const next = await ask([DONE], { messages: [user('Look!'), assistant] })
    expect(next.sent.contents[1].parts).toEqual([{ text: 'Let me see.' }, ...PARTS.slice(3)])
    const edited = { ...assistant, text: 'Something else.' }
    const after = await ask([DONE], { messages: [user('Look!'), edited] })
    expect(after.sent.contents[1].parts).toEqual([{ text: 'Something else.' }, ...PARTS.slice(6)])
  })

  it('is nothing where the answer says it all', async () => {
    expect((await ask([DONE])).finish.providerState).toBeNull()
  })

  it('is not asked for in ids: calls without one get ids that no call of the conversation has', async () => {
    const first = await ask([chunk([{ functionCall: { name: 'wait' } }], 'STOP')])
    const assistant = { role: 'assistant', text: null, toolCalls: first.tools, providerState: null } as const
    const second = await ask([chunk([{ functionCall: { name: 'wait' } }], 'STOP')], {
      messages: [user('Hm'), assistant],
    })
    expect(second.tools[0]?.id).not.toBe(first.tools[0]?.id)
  })
})

describe("Google's ends", () => {
  it.each([
    ['STOP', 'STOP'],
    ['MAX_TOKENS', 'LENGTH'],
    ['SAFETY', 'CONTENT_FILTER'],
    ['RECITATION', 'CONTENT_FILTER'],
    ['PROHIBITED_CONTENT', 'CONTENT_FILTER'],
  ])('%s after output is %s', async (wire, reason) => {
    expect((await ask([chunk([{ text: 'Well' }], wire)])).finish.reason).toBe(reason)
  })

  it.each([
    ['SAFETY', 'CONTENT_REJECTED'],
    ['MALFORMED_FUNCTION_CALL', 'MALFORMED'],
    ['UNEXPECTED_TOOL_CALL', 'MALFORMED'],
    ['MISSING_THOUGHT_SIGNATURE', 'INVALID_REQUEST'],
    ['OTHER', 'MALFORMED'],
    ['SOMETHING_NEW', 'MALFORMED'],
  ])('%s without output is %s', async (wire, kind) => {
    await expect(ask([chunk([], wire, 'So it is.')])).rejects.toMatchObject({ kind, message: 'So it is.' })
  })

  it('a blocked prompt is CONTENT_REJECTED', async () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 3 } }
    for (const upstream of ['stream', 'unary'] as const) {
      await expect(ask([blocked], {}, { upstream })).rejects.toMatchObject({ kind: 'CONTENT_REJECTED' })
    }
  })

  it('a call of a tool that was not declared is a call', async () => {
    const { finish } = await ask([chunk([{ functionCall: { name: 'x' } }], 'UNEXPECTED_TOOL_CALL')])
    expect(finish.reason).toBe('TOOL_CALLS')
  })

  it('an answer without a word is an answer', async () => {
    expect((await ask([chunk([], 'STOP')])).text).toBe('')
  })
})

describe('requests to Google', () => {
  it('go to the model, with the key in its header and options beside what is there', async () => {
    const options = {
      safetySettings: [{ category: 'X' }],
      generationConfig: { topK: 3 },
      tools: [{ googleSearch: {} }],
    }
    const tools = [{ name: 'look', description: null, parameters: {}, strict: null }]
    const { sent, request } = await ask(
      [DONE],
      { tools, sampling: { ...conversationWith({}).sampling, temperature: 1 } },
      { options },
    )
    expect(request?.path).toMatch(/\/v1beta\/models\/gemini-3-flash-preview:streamGenerateContent\?alt=sse$/)
    expect(request?.headers['x-goog-api-key']).toBe('test-secret-0123456789')
    expect(sent).toMatchObject({
      safetySettings: [{ category: 'X' }],
      generationConfig: { topK: 3, temperature: 1 },
      tools: [{ functionDeclarations: [{ name: 'look' }] }, { googleSearch: {} }],
    })
  })

  it('go nowhere for a name that leads elsewhere', async () => {
    await expect(ask([DONE], {}, { model: '../files' })).rejects.toMatchObject({ kind: 'NOT_FOUND' })
    const { request } = await ask([DONE], {}, { model: 'tunedModels/mine?x=1' })
    expect(request?.path).toContain('/v1beta/tunedModels/mine%3Fx%3D1:streamGenerateContent')
  })

  it('do not touch the global fetch', async () => {
    const before = globalThis.fetch
    await ask([DONE])
    expect(globalThis.fetch).toBe(before)
  })
})
