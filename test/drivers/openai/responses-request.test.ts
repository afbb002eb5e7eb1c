import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Conversation } from '../../../src/core/conversation.ts'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { answered, asked, conversation, driverOf, settings } from './asked.ts'
import { response } from './responses-samples.ts'

const RESPONSES = { api: 'responses' } as const

describe('a request of the Responses API', () => {
  let server: ReplayServer
  beforeAll(async () => {
    server = await startReplayServer()
  })
  afterAll(() => server.close())

  it('has items of every kind', async () => {
    const { body, request } = await asked(server, RESPONSES, {
      model: 'gpt-test',
      conversation: conversation({
        messages: [
          { role: 'system', text: 'Be brief.' },
          {
            role: 'user',
            parts: [
              { type: 'text', text: 'What is this?' },
              { type: 'image', url: 'https://example.com/a.png' },
              { type: 'file', mediaType: 'application/pdf', data: 'BBBB', name: 'a.pdf' },
            ],
          },
          {
            role: 'assistant',
            text: 'Wait.',
            toolCalls: [{ id: 'c1', name: 'look', arguments: { at: 'it' } }],
            providerState: null,
          },
          { role: 'tool', toolCallId: 'c1', content: 'broken', isError: true },
        ],
      }),
    })
    expect(request.path).toMatch(/\/v1\/responses$/)
    expect(body).toEqual({
      model: 'gpt-test',
      store: false,
      include: ['reasoning.encrypted_content'],
      input: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
          ],
        },
        { role: 'assistant', content: 'Wait.' },
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{"at":"it"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'The tool failed: broken' },
      ],
    })
  })

  it('has tools and every option', async () => {
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    const { body } = await asked(server, RESPONSES, {
      upstream: 'stream',
      options: { reasoning: { summary: 'detailed' }, tools: [{ type: 'web_search' }] },
      conversation: conversation({
        tools: [{ name: 'look', description: 'Looks', parameters: schema, strict: false }],
        toolChoice: { type: 'tool', name: 'look' },
        output: { type: 'schema', name: 'r', schema },
        sampling: { maxOutputTokens: 50, temperature: 1, topP: 0.5, stop: [], seed: null },
        reasoning: { effort: 'HIGH', maxTokens: null },
      }),
    })
    expect(body).toMatchObject({
      tools: [
        { type: 'function', name: 'look', description: 'Looks', parameters: schema, strict: false },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', name: 'look' },
      text: { format: { type: 'json_schema', name: 'r', schema, strict: true } },
      max_output_tokens: 50,
      temperature: 1,
      top_p: 0.5,
      reasoning: { effort: 'high', summary: 'detailed' },
      stream: true,
    })
  })

  it('gets its reasoning back where it stood', async () => {
    const reasoning = (id: string) => ({
      type: 'reasoning',
      id,
      summary: [{ type: 'summary_text', text: `thought ${id}` }],
      encrypted_content: `enc-${id}`,
    })
    const text = (said: string, phase?: string) => ({
      type: 'message',
      id: `msg-${said}`,
      role: 'assistant',
      ...(phase ? { phase } : {}),
      content: [{ type: 'output_text', text: said }],
    })
    const call = { type: 'function_call', id: 'fc', call_id: 'c1', name: 'look', arguments: '{}' }
    const output = [reasoning('1'), text('Let me see.', 'commentary'), reasoning('2'), call]
    const answer = await answered(server, RESPONSES, JSON.stringify(response(output)), 'application/json')
    expect(answer.reasoning).toBe('thought 1thought 2')

    const next = (said: string): Conversation =>
      conversation({
        messages: [
          {
            role: 'assistant',
            text: said,
            toolCalls: answer.tools,
            providerState: { provider: 'test', state: answer.finish.providerState },
          },
          { role: 'tool', toolCallId: 'c1', content: 'seen', isError: false },
        ],
      })
    const { body } = await asked(server, RESPONSES, { conversation: next(answer.text) })
    expect(body.input).toMatchObject([
      reasoning('1'),
      { type: 'message', phase: 'commentary', content: [{ type: 'output_text', text: 'Let me see.' }] },
      reasoning('2'),
      { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'seen' },
    ])
    const changed = await asked(server, RESPONSES, { conversation: next('Something else') })
    expect(changed.body.input).toMatchObject([
      reasoning('1'),
      reasoning('2'),
      { role: 'assistant', content: 'Something else' },
      {},
      {},
    ])
  })

  it('says what it cannot express, with the path', () => {
    const check = (changes: Partial<Conversation>, model = 'gpt-5') =>
      driverOf(settings(RESPONSES))
        .unsupported({ model, conversation: conversation(changes) })
        .map(({ path }) => path.join('.'))
    const audio = { type: 'file', mediaType: 'audio/mpeg', data: 'AAAA', name: null } as const
    expect(check({})).toEqual([])
    expect(check({ sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: ['a'], seed: 1 } })).toEqual(
      ['stop', 'seed'],
    )
    expect(check({ reasoning: { effort: 'LOW', maxTokens: 9 } })).toEqual(['reasoning.maxTokens'])
    expect(check({ messages: [{ role: 'user', parts: [audio] }] })).toEqual(['messages.0.user.0.file.mediaType'])
  })
})
