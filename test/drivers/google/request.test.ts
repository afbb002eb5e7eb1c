import { describe, expect, it } from 'vitest'
import type { Conversation, Message, Reasoning, ToolChoice, ToolDefinition } from '../../../src/core/conversation.ts'
import { translate } from '../../../src/drivers/google/request.ts'
import { conversationWith, fieldsOf, user } from '../conversation-with.ts'

const bodyOf = (changes: Parameters<typeof conversationWith>[0], model = 'gemini-2.5-flash') =>
  translate({ model, conversation: conversationWith(changes) }).body
const issuesOf = (changes: Parameters<typeof conversationWith>[0], model = 'gemini-2.5-flash') =>
  fieldsOf(translate({ model, conversation: conversationWith(changes) }).issues)

const WEATHER: ToolDefinition = {
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  strict: null,
}
const call = (id: string, city: string) => ({ id, name: 'weather', arguments: { city } })

describe('messages for Google', () => {
  const messages: Message[] = [
    { role: 'system', text: 'Be brief.' },
    user('Hello'),
    {
      role: 'assistant',
      text: 'I look.',
      toolCalls: [call('gemini_call_0', 'Ulm'), call('abc', 'Bonn')],
      providerState: null,
    },
    { role: 'tool', toolCallId: 'gemini_call_0', content: '{"sky":"blue"}', isError: false },
    { role: 'tool', toolCallId: 'abc', content: 'no such city', isError: true },
    user('And now?'),
  ]

  it('alternate, and results of tools bear the names of the calls', () => {
    expect(bodyOf({ messages })).toEqual({
      systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Hello' }] },
        {
          role: 'model',
          parts: [
            { text: 'I look.' },
            { functionCall: { name: 'weather', args: { city: 'Ulm' } } },
            { functionCall: { id: 'abc', name: 'weather', args: { city: 'Bonn' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            { functionResponse: { name: 'weather', response: { sky: 'blue' } } },
            { functionResponse: { id: 'abc', name: 'weather', response: { error: 'no such city' } } },
            { text: 'And now?' },
          ],
        },
      ],
    })
  })

  it('mark calls that another model made, where the model wants signatures', () => {
    const parts = JSON.stringify(bodyOf({ messages }, 'gemini-3-flash-preview').contents[1])
    expect(parts.match(/skip_thought_signature_validator/g)).toHaveLength(1)
  })

  it('take images and files inline and by URL', () => {
    const parts: Extract<Message, { role: 'user' }>['parts'] = [
      { type: 'image', url: 'data:image/png;base64,AAAA' },
      { type: 'image', url: 'https://example.org/cat.JPG?size=2' },
      { type: 'image', url: 'https://example.org/cat' },
      { type: 'file', mediaType: 'application/pdf', data: 'BBBB', name: 'a.pdf' },
    ]
    expect(bodyOf({ messages: [{ role: 'user', parts }] }).contents[0]?.parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { fileUri: 'https://example.org/cat.JPG?size=2', mimeType: 'image/jpeg' } },
      { fileData: { fileUri: 'https://example.org/cat' } },
      { inlineData: { mimeType: 'application/pdf', data: 'BBBB' } },
    ])
    expect(issuesOf({ messages: [{ role: 'user', parts }] }, 'gemini-2.0-flash')).toEqual([
      'messages.0.user.1.imageUrl',
      'messages.0.user.2.imageUrl',
    ])
  })

  it('refuse what has no place', () => {
    const odd: Message[] = [
      user('a'),
      { role: 'system', text: 'b' },
      { role: 'assistant', text: null, toolCalls: [{ id: 'x', name: 'y', arguments: [1] }], providerState: null },
      { role: 'tool', toolCallId: 'unknown', content: '', isError: false },
    ]
    expect(issuesOf({ messages: odd })).toEqual([
      'messages.1.system',
      'messages.2.assistant.toolCalls.0.arguments',
      'messages.3.toolResult.toolCallId',
    ])
  })
})

describe('options for Google', () => {
  it('go out as they are', () => {
    const sampling = { maxOutputTokens: 7, temperature: 0, topP: 0.5, stop: ['END'], seed: 0 }
    expect(bodyOf({ sampling }).generationConfig).toEqual({
      maxOutputTokens: 7,
      temperature: 0,
      topP: 0.5,
      stopSequences: ['END'],
      seed: 0,
    })
    expect(issuesOf({ sampling: { stop: ['1', '2', '3', '4', '5', '6'] } })).toEqual(['stop'])
  })

  it.each<[ToolChoice | null, object | undefined]>([
    [null, undefined],
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'weather' },
      { mode: 'ANY', allowedFunctionNames: ['weather'] },
    ],
  ])('choose tools as %j says', (toolChoice, functionCallingConfig) => {
    const bare = { name: 'now', description: null, parameters: { type: 'object', properties: {} }, strict: null }
    const { tools, toolConfig } = bodyOf({ tools: [WEATHER, bare], toolChoice })
    expect(tools).toEqual([
      {
        functionDeclarations: [
          { name: 'weather', description: 'Tells the weather.', parametersJsonSchema: WEATHER.parameters },
          { name: 'now' },
        ],
      },
    ])
    expect(toolConfig).toEqual(functionCallingConfig === undefined ? undefined : { functionCallingConfig })
  })

  it('hold strict tools to their schemas', () => {
    const { toolConfig } = bodyOf({ tools: [{ ...WEATHER, strict: true }] })
    expect(toolConfig).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } })
  })

  it('enforce JSON, or ask for it where the model takes no tools beside it', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } } }
    const output: Conversation['output'] = { type: 'schema', name: 'x', schema }
    expect(bodyOf({ output }).generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: schema,
    })
    expect(bodyOf({ output: { type: 'json' } }).generationConfig).toEqual({ responseMimeType: 'application/json' })
    expect(bodyOf({ output, tools: [WEATHER] }, 'gemini-3-flash-preview').generationConfig).toMatchObject({
      responseJsonSchema: schema,
    })
    const told = bodyOf({ output, tools: [WEATHER] })
    expect(told.generationConfig).toBeUndefined()
    expect(JSON.stringify(told.systemInstruction)).toContain('JSON only')
  })
})

describe('reasoning for Google', () => {
  const config = (reasoning: Reasoning, model: string) => bodyOf({ reasoning }, model).generationConfig
  const effort = (name: Reasoning['effort']): Reasoning => ({ effort: name, maxTokens: null })

  it.each<[string, Reasoning, object]>([
    ['gemini-2.5-pro', effort('MEDIUM'), { includeThoughts: true, thinkingBudget: 8_192 }],
    ['gemini-2.5-flash', effort('NONE'), { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { effort: null, maxTokens: 99_999 }, { includeThoughts: true, thinkingBudget: 32_768 }],
    ['gemini-2.5-pro', { effort: 'LOW', maxTokens: 9_000 }, { includeThoughts: true, thinkingBudget: 2_048 }],
    ['gemini-3-flash-preview', effort('HIGH'), { includeThoughts: true, thinkingLevel: 'high' }],
    ['gemini-3-flash-preview', effort('NONE'), { thinkingLevel: 'minimal' }],
    ['gemini-3.1-pro-preview', effort('MEDIUM'), { includeThoughts: true, thinkingLevel: 'medium' }],
    ['gemini-3-pro-preview', effort('MEDIUM'), { includeThoughts: true, thinkingBudget: 8_192 }],
    ['gemini-3.1-pro-preview', { effort: null, maxTokens: 500 }, { includeThoughts: true, thinkingBudget: 500 }],
  ])('of %s with %j', (model, reasoning, thinkingConfig) => {
    expect(config(reasoning, model)).toEqual({ thinkingConfig })
  })

  it('is refused where it cannot be said', () => {
    expect(issuesOf({ reasoning: effort('LOW') }, 'gemini-2.0-flash')).toEqual(['reasoning'])
    expect(issuesOf({ reasoning: effort('NONE') }, 'gemini-2.0-flash')).toEqual([])
    expect(issuesOf({ reasoning: effort('NONE') }, 'gemini-2.5-pro')).toEqual(['reasoning.effort'])
    expect(issuesOf({ reasoning: effort('NONE') }, 'gemini-3-pro-preview')).toEqual(['reasoning.effort'])
    expect(issuesOf({ reasoning: { effort: null, maxTokens: 100 } }, 'gemini-2.5-pro')).toEqual(['reasoning.maxTokens'])
  })
})
