import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ReplayServer, startReplayServer } from '../replay-server.ts'
import { asked, conversation, driverOf, settings } from './asked.ts'

const COMPATIBLE = { driver: 'openai-compatible' } as const

const TOOL = {
  name: 'get_weather',
  description: 'The weather of a city',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  },
  strict: true,
}
const SCHEMA = {
  type: 'object',
  properties: { answer: { type: 'number' } },
  required: ['answer'],
  additionalProperties: false,
}

describe('a request of Chat Completions', () => {
  let server: ReplayServer
  beforeAll(async () => {
    server = await startReplayServer()
  })
  afterAll(() => server.close())

  it('has messages of every role, with images and files', async () => {
    const { body, request } = await asked(
      server,
      {},
      {
        model: 'gpt-test',
        conversation: conversation({
          messages: [
            { role: 'system', text: 'Be brief.' },
            {
              role: 'user',
              parts: [
                { type: 'text', text: 'What is this?' },
                { type: 'image', url: 'https://example.com/a.png' },
                { type: 'file', mediaType: 'image/png', data: 'AAAA', name: null },
                { type: 'file', mediaType: 'application/pdf', data: 'BBBB', name: 'a.pdf' },
                { type: 'file', mediaType: 'audio/mpeg', data: 'CCCC', name: null },
              ],
            },
            {
              role: 'assistant',
              text: 'Wait.',
              toolCalls: [{ id: 'c1', name: 'get_weather', arguments: { city: 'Bern' } }],
              providerState: null,
            },
            { role: 'tool', toolCallId: 'c1', content: '12 °C', isError: false },
            {
              role: 'assistant',
              text: null,
              toolCalls: [{ id: 'c2', name: 'get_weather', arguments: {} }],
              providerState: null,
            },
            { role: 'tool', toolCallId: 'c2', content: 'no city', isError: true },
            { role: 'user', parts: [{ type: 'text', text: 'And?' }] },
          ],
        }),
      },
    )
    expect(request.path).toMatch(/\/v1\/chat\/completions$/)
    expect(request.headers.authorization).toBe('Bearer test-secret-0123456789')
    const call = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'get_weather', arguments: args },
    })
    expect(body).toEqual({
      model: 'gpt-test',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
            { type: 'input_audio', input_audio: { data: 'CCCC', format: 'mp3' } },
          ],
        },
        { role: 'assistant', content: 'Wait.', tool_calls: [call('c1', '{"city":"Bern"}')] },
        { role: 'tool', tool_call_id: 'c1', content: '12 °C' },
        { role: 'assistant', content: null, tool_calls: [call('c2', '{}')] },
        { role: 'tool', tool_call_id: 'c2', content: 'The tool failed: no city' },
        { role: 'user', content: 'And?' },
      ],
    })
  })

  it('has tools, every option, and provider options last', async () => {
    const { body } = await asked(
      server,
      {},
      {
        upstream: 'stream',
        options: { service_tier: 'flex', temperature: 0.9 },
        conversation: conversation({
          tools: [TOOL, { name: 'bare', description: null, parameters: {}, strict: null }],
          toolChoice: { type: 'tool', name: 'bare' },
          output: { type: 'schema', name: 'result', schema: SCHEMA },
          sampling: { maxOutputTokens: 100, temperature: 0.5, topP: 0.9, stop: ['END'], seed: 7 },
          reasoning: { effort: 'LOW', maxTokens: null },
        }),
      },
    )
    const { name, description, parameters, strict } = TOOL
    expect(body).toMatchObject({
      tools: [
        { type: 'function', function: { name, description, parameters, strict } },
        { type: 'function', function: { name: 'bare', parameters: {} } },
      ],
      tool_choice: { type: 'function', function: { name: 'bare' } },
      response_format: { type: 'json_schema', json_schema: { name: 'result', schema: SCHEMA, strict: true } },
      max_completion_tokens: 100,
      temperature: 0.9,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
      reasoning_effort: 'low',
      service_tier: 'flex',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it.each([
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
  ] as const)('says tool choice %s as %s', async (type, said) => {
    const { body } = await asked(server, {}, { conversation: conversation({ tools: [TOOL], toolChoice: { type } }) })
    expect(body.tool_choice).toBe(said)
  })

  it('asks a schema that strict mode does not take without strict mode, and plain JSON as such', async () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } }
    const schema = await asked(
      server,
      {},
      { conversation: conversation({ output: { type: 'schema', name: 'r', schema: open } }) },
    )
    expect(schema.body.response_format).toMatchObject({ json_schema: { strict: false } })
    const json = await asked(server, {}, { conversation: conversation({ output: { type: 'json' } }) })
    expect(json.body.response_format).toEqual({ type: 'json_object' })
  })

  it('sends no key where the provider needs none, and takes a base URL with a slash', async () => {
    const { request } = await asked(server, COMPATIBLE, { secret: null }, '/api/v1/')
    expect(request.headers.authorization).toBeUndefined()
    expect(request.path).toMatch(/\/api\/v1\/chat\/completions$/)
  })

  it('speaks to Azure by its deployments and api-version, with the key as Azure takes it', async () => {
    const { request } = await asked(server, COMPATIBLE, { model: 'my-gpt' }, '/openai?api-version=2024-10-21')
    expect(request.path).toMatch(/\/openai\/deployments\/my-gpt\/chat\/completions\?api-version=2024-10-21$/)
    expect(request.headers['api-key']).toBe('test-secret-0123456789')
    expect(request.headers.authorization).toBeUndefined()
  })

  it('deviates as the service does', async () => {
    const options = {
      upstream: 'stream',
      conversation: conversation({
        tools: [{ ...TOOL, strict: null }],
        toolChoice: { type: 'required' },
        output: { type: 'schema', name: 'r', schema: SCHEMA },
        sampling: { maxOutputTokens: 5, temperature: null, topP: null, stop: [], seed: 3 },
      }),
    } as const
    const mistral = await asked(server, { ...COMPATIBLE, name: 'mistral' }, options)
    expect(mistral.body).toMatchObject({ max_tokens: 5, random_seed: 3, tool_choice: 'any' })
    expect(mistral.body).not.toHaveProperty('stream_options')
    const json = conversation({ output: { type: 'schema', name: 'r', schema: SCHEMA } })
    const deepseek = await asked(server, { ...COMPATIBLE, name: 'deepseek' }, { conversation: json })
    expect(deepseek.body.response_format).toEqual({ type: 'json_object' })
    expect(JSON.stringify(deepseek.body.messages)).toContain('JSON Schema')
    const router = { ...COMPATIBLE, name: 'openrouter' }
    const budget = conversation({ reasoning: { effort: null, maxTokens: 500 } })
    expect((await asked(server, router, { conversation: budget })).body.reasoning).toEqual({ max_tokens: 500 })
  })

  it('takes back what the service wants back', async () => {
    const state = {
      message: { reasoning_content: 'because', role: 'user' },
      toolCalls: { c1: { extra_content: { sig: 'x' } } },
    }
    const { body } = await asked(server, COMPATIBLE, {
      conversation: conversation({
        messages: [
          {
            role: 'assistant',
            text: 'So',
            toolCalls: [{ id: 'c1', name: 'f', arguments: {} }],
            providerState: { provider: 'test', state },
          },
        ],
      }),
    })
    expect(body.messages).toEqual([
      {
        role: 'assistant',
        content: 'So',
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: { sig: 'x' } },
        ],
        reasoning_content: 'because',
      },
    ])
  })

  it('says what it cannot express, with the path', () => {
    const check = (name: string, changes: Parameters<typeof conversation>[0], model = 'gpt-test') =>
      driverOf(
        settings({ driver: name === 'openai' ? 'openai' : 'openai-compatible', name, baseUrl: 'http://127.0.0.1:1' }),
      )
        .unsupported({ model, conversation: conversation(changes) })
        .map(({ path }) => path.join('.'))
    const video = { type: 'file', mediaType: 'video/mp4', data: 'AAAA', name: null } as const
    expect(check('openai', {})).toEqual([])
    expect(check('openai', { reasoning: { effort: null, maxTokens: 100 } })).toEqual(['reasoning.maxTokens'])
    expect(check('openai', { reasoning: { effort: 'NONE', maxTokens: null } }, 'o3')).toEqual(['reasoning.effort'])
    expect(check('openai', { reasoning: { effort: 'NONE', maxTokens: null } }, 'gpt-5.1')).toEqual([])
    const messages = [
      { role: 'system', text: 'Be brief.' },
      { role: 'user', parts: [{ type: 'text', text: 'Watch' }, video] },
    ] as const
    expect(check('openai', { messages })).toEqual(['messages.0.user.1.file.mediaType'])
    expect(
      check('deepseek', { sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: 1 } }),
    ).toEqual(['seed'])
    expect(check('deepseek', { reasoning: { effort: 'LOW', maxTokens: null } })).toEqual(['reasoning.effort'])
    expect(check('ollama', { tools: [TOOL], toolChoice: { type: 'required' } })).toEqual([
      'toolChoice.mode',
      'tools.0.strict',
    ])
  })
})
