import { describe, expect, it } from 'vitest'
import type { Conversation, Message, Reasoning, ToolChoice, ToolDefinition } from '../../../src/core/conversation.ts'
import { translate } from '../../../src/drivers/anthropic/request.ts'
import { conversationWith, fieldsOf, user } from '../conversation-with.ts'

const bodyOf = (changes: Parameters<typeof conversationWith>[0], model = 'claude-haiku-4-5') =>
  translate({ model, conversation: conversationWith(changes) }).body
const issuesOf = (changes: Parameters<typeof conversationWith>[0], model = 'claude-haiku-4-5') =>
  fieldsOf(translate({ model, conversation: conversationWith(changes) }).issues)

const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
}

describe('messages for Anthropic', () => {
  it('alternate, with system texts apart and results of tools as user blocks', () => {
    const messages: Message[] = [
      { role: 'system', text: 'Be brief.' },
      { role: 'system', text: 'Be kind.' },
      user('Hello'),
      user('Is anybody there?'),
      {
        role: 'assistant',
        text: 'I look.',
        toolCalls: [{ id: 'call:1', name: 'weather', arguments: { city: 'Ulm' } }],
        providerState: null,
      },
      { role: 'tool', toolCallId: 'call:1', content: 'no such city', isError: true },
      user('And now?'),
    ]
    expect(bodyOf({ messages })).toEqual({
      model: 'claude-haiku-4-5',
      max_tokens: 64_000,
      system: [
        { type: 'text', text: 'Be brief.' },
        { type: 'text', text: 'Be kind.' },
      ],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hello' },
            { type: 'text', text: 'Is anybody there?' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I look.' },
            { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Ulm' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'call_1', content: 'no such city', is_error: true },
            { type: 'text', text: 'And now?' },
          ],
        },
      ],
    })
  })

  it('take images and files in the forms that the API has, and refuse the others by their path', () => {
    const parts: Extract<Message, { role: 'user' }>['parts'] = [
      { type: 'image', url: 'https://example.org/cat.png' },
      { type: 'image', url: 'data:image/png;base64,AAAA' },
      { type: 'file', mediaType: 'application/pdf', data: 'BBBB', name: 'a.pdf' },
      { type: 'file', mediaType: 'text/csv', data: Buffer.from('a;b').toString('base64'), name: null },
      { type: 'image', url: 'data:image/bmp;base64,AAAA' },
      { type: 'file', mediaType: 'audio/mpeg', data: 'CCCC', name: null },
    ]
    const { body, issues } = translate({
      model: 'claude-haiku-4-5',
      conversation: conversationWith({
        messages: [
          { role: 'system', text: 'x' },
          { role: 'user', parts },
        ],
      }),
    })
    expect(body.messages[0]?.content).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://example.org/cat.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a;b' } },
    ])
    expect(fieldsOf(issues)).toEqual(['messages.0.user.4.imageUrl', 'messages.0.user.5.file.mediaType'])
  })

  it('refuse a system message amid the conversation and a prefill where the model takes none', () => {
    const messages: Message[] = [
      user('a'),
      { role: 'system', text: 'b' },
      { role: 'assistant', text: 'c', toolCalls: [], providerState: null },
    ]
    expect(issuesOf({ messages })).toEqual(['messages.1.system'])
    expect(issuesOf({ messages }, 'claude-opus-4-8')).toEqual(['messages.2.assistant'])
  })
})

describe('sampling for Anthropic', () => {
  it('goes out as it is, but for what the model or the API has not', () => {
    const sampling = { maxOutputTokens: 7, temperature: 0.5, stop: ['END'] }
    expect(bodyOf({ sampling })).toMatchObject({ max_tokens: 7, temperature: 0.5, stop_sequences: ['END'] })
    expect(issuesOf({ sampling: { seed: 1, temperature: 1.5, topP: 0.5, stop: ['a', '\n'] } })).toEqual([
      'temperature',
      'topP',
      'stop.1',
      'seed',
    ])
    expect(issuesOf({ sampling: { temperature: 1, topP: 1 } }, 'claude-opus-4-8')).toEqual(['temperature', 'topP'])
    expect(issuesOf({ sampling: { temperature: 0.2, topP: 0.9 } }, 'claude-sonnet-4-20250514')).toEqual([])
  })

  it.each([
    ['claude-3-haiku-20240307', 4_096],
    ['claude-3-5-sonnet-latest', 8_192],
    ['claude-3-7-sonnet-20250219', 32_000],
    ['claude-opus-4-1', 32_000],
    ['claude-sonnet-4-0', 32_000],
    ['anthropic.claude-haiku-4-5-20251001-v1:0', 64_000],
    ['claude-sonnet-4-6', 128_000],
    ['claude-sonnet-9', 128_000],
    ['somebody-elses-model', 8_192],
  ])('sets max_tokens of %s to %d where the caller sets none', (model, most) => {
    expect(bodyOf({}, model).max_tokens).toBe(most)
  })
})

describe('tools for Anthropic', () => {
  it.each<[ToolChoice | null, object]>([
    [null, {}],
    [{ type: 'auto' }, { tool_choice: { type: 'auto' } }],
    [{ type: 'none' }, { tool_choice: { type: 'none' } }],
    [{ type: 'required' }, { tool_choice: { type: 'any' } }],
    [{ type: 'tool', name: 'weather' }, { tool_choice: { type: 'tool', name: 'weather' } }],
  ])('are chosen as %j says', (toolChoice, expected) => {
    const { tools, tool_choice } = bodyOf({ tools: [WEATHER], toolChoice })
    expect(tools).toEqual([{ name: 'weather', description: 'Tells the weather.', input_schema: WEATHER.parameters }])
    expect({ ...(tool_choice ? { tool_choice } : {}) }).toEqual(expected)
  })

  it('are strict where the schema can be enforced, else refused', () => {
    const strict = { ...WEATHER, strict: true }
    expect(bodyOf({ tools: [strict] }).tools).toMatchObject([
      { strict: true, input_schema: { additionalProperties: false } },
    ])
    const open = { ...strict, parameters: { type: 'object', additionalProperties: { type: 'string' } } }
    expect(issuesOf({ tools: [strict, open] })).toEqual(['tools.1.strict'])
    expect(issuesOf({ tools: [strict] }, 'claude-3-opus-latest')).toEqual(['tools.0.strict'])
  })

  it('cannot be forced on models that refuse it', () => {
    expect(issuesOf({ tools: [WEATHER], toolChoice: { type: 'required' } }, 'claude-opus-5-5')).toEqual([
      'toolChoice.mode',
    ])
    const reasoning: Reasoning = { effort: 'LOW', maxTokens: null }
    const choice: Partial<Conversation> = { tools: [WEATHER], toolChoice: { type: 'tool', name: 'weather' }, reasoning }
    expect(issuesOf(choice)).toEqual(['toolChoice.tool'])
  })

  it('are forced without thinking on models that otherwise think by default', () => {
    const forced: Partial<Conversation> = { tools: [WEATHER], toolChoice: { type: 'required' } }
    expect(bodyOf(forced, 'claude-sonnet-5').thinking).toEqual({ type: 'disabled' })
    expect(bodyOf(forced, 'claude-sonnet-4-5').thinking).toBeUndefined()
  })
})

describe('reasoning for Anthropic', () => {
  const reasoning = (effort: Reasoning['effort'], maxTokens: number | null = null): Partial<Conversation> => ({
    reasoning: { effort, maxTokens },
  })

  it('is a budget on models that think by one', () => {
    expect(bodyOf(reasoning('LOW')).thinking).toEqual({ type: 'enabled', budget_tokens: 2_048 })
    expect(bodyOf(reasoning('HIGH')).thinking).toEqual({ type: 'enabled', budget_tokens: 24_576 })
    expect(bodyOf({ ...reasoning('HIGH'), sampling: { maxOutputTokens: 10_000 } }).thinking).toMatchObject({
      budget_tokens: 8_000,
    })
    expect(bodyOf({ ...reasoning('HIGH'), sampling: { maxOutputTokens: 1_100 } }).thinking).toMatchObject({
      budget_tokens: 1_024,
    })
    expect(bodyOf(reasoning(null, 5_000)).thinking).toMatchObject({ budget_tokens: 5_000 })
    expect(bodyOf(reasoning('LOW', 5_000)).thinking).toMatchObject({ budget_tokens: 2_048 })
  })

  it('is an effort with adaptive thinking on newer models, which show their thoughts only when asked', () => {
    expect(bodyOf(reasoning('MEDIUM'), 'claude-opus-4-6')).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'medium' },
    })
    expect(bodyOf(reasoning('HIGH'), 'claude-opus-4-8')).toMatchObject({
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
    })
    expect(bodyOf(reasoning(null, 4_000), 'claude-opus-4-6').thinking).toEqual({
      type: 'enabled',
      budget_tokens: 4_000,
    })
  })

  it('is turned off in the words of each model', () => {
    expect(bodyOf(reasoning('NONE')).thinking).toBeUndefined()
    expect(bodyOf(reasoning('NONE'), 'claude-opus-5').thinking).toEqual({ type: 'disabled' })
    expect(bodyOf(reasoning('NONE'), 'claude-sonnet-5-5').thinking).toEqual({ type: 'between_tools' })
  })

  it('is refused where it cannot be said', () => {
    expect(issuesOf(reasoning('LOW'), 'claude-3-5-haiku-latest')).toEqual(['reasoning'])
    expect(issuesOf(reasoning('NONE'), 'claude-fable-5')).toEqual(['reasoning.effort'])
    expect(issuesOf(reasoning(null, 4_000), 'claude-opus-4-8')).toEqual(['reasoning.maxTokens'])
    expect(issuesOf(reasoning(null, 500))).toEqual(['reasoning.maxTokens'])
    expect(issuesOf({ ...reasoning('LOW'), sampling: { maxOutputTokens: 500, temperature: 0.1 } })).toEqual([
      'maxOutputTokens',
    ])
    expect(issuesOf({ ...reasoning('LOW'), sampling: { temperature: 0.1 } })).toEqual(['temperature'])
  })
})

describe('structured output for Anthropic', () => {
  const schema = (value: object): Partial<Conversation> => ({
    output: { type: 'schema', name: 'city facts', schema: value as Conversation['tools'][number]['parameters'] },
  })
  const CITY = { type: 'object', properties: { name: { type: 'string', minLength: 2 } }, required: ['name'] }

  it('is native where the model enforces schemas', () => {
    const { output_config, tools } = bodyOf(schema(CITY))
    expect(tools).toBeUndefined()
    expect(output_config).toMatchObject({ format: { type: 'json_schema', schema: { additionalProperties: false } } })
  })

  it('is a forced tool for older models, open schemas and JSON without a schema', () => {
    const forced = { type: 'tool', name: 'city_facts', disable_parallel_tool_use: true }
    expect(bodyOf(schema(CITY), 'claude-sonnet-4-0')).toMatchObject({
      tools: [{ input_schema: CITY }],
      tool_choice: forced,
    })
    const open = { type: 'object', additionalProperties: { type: 'number' } }
    expect(bodyOf(schema(open))).toMatchObject({ tools: [{ input_schema: open }], tool_choice: forced })
    expect(bodyOf({ output: { type: 'json' } })).toMatchObject({
      tools: [{ name: 'answer' }],
      tool_choice: { name: 'answer' },
    })
    const list = { type: 'array', items: { type: 'number' } }
    expect(bodyOf(schema(list), 'claude-sonnet-4-0').tools).toMatchObject([
      { input_schema: { properties: { value: list } } },
    ])
  })

  it('stands beside tools of the caller, which it does not take the name of', () => {
    const own = { ...WEATHER, name: 'answer' }
    const { tools, tool_choice } = bodyOf({ output: { type: 'json' }, tools: [own] })
    expect(tools).toMatchObject([{ name: 'answer' }, { name: 'answer_2' }])
    expect(tool_choice).toEqual({ type: 'any' })
    const must = bodyOf({ output: { type: 'json' }, tools: [own], toolChoice: { type: 'required' } })
    expect(must).toMatchObject({ tools: [{ name: 'answer' }], tool_choice: { type: 'any' } })
  })

  it('is an instruction where no tool can be forced', () => {
    const thinking = { output: { type: 'json' }, reasoning: { effort: 'LOW', maxTokens: null } } as const
    for (const model of ['claude-haiku-4-5', 'claude-opus-5-5']) {
      const { system, tools } = bodyOf(thinking, model)
      expect(tools).toBeUndefined()
      expect(JSON.stringify(system)).toContain('one JSON object')
    }
  })
})
