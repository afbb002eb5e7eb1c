import { describe, expect, it } from 'vitest'
import type { CompletionInput } from '../../../src/core/completion-input.ts'
import { checkInput } from '../../../src/pipeline/validate/check-input.ts'
import { DEFAULT_INPUT_LIMITS } from '../../../src/pipeline/validate/input-limits.ts'
import { MOST_ISSUES } from '../../../src/pipeline/validate/issues.ts'

const plain: CompletionInput = { model: 'chat', prompt: 'Hello' }
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = { name: 'weather', parameters: schema }

/** What is wrong with the plain input and these fields, as `path: message`. */
function issuesOf(fields: Partial<CompletionInput>, input: CompletionInput = plain): string[] {
  const checked = checkInput({ ...input, ...fields })
  return checked.ok ? [] : checked.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** The same for a conversation. */
const messageIssues = (messages: CompletionInput['messages']) => issuesOf({ prompt: null, messages })

describe('checkInput', () => {
  it('makes a request of the least there can be', () => {
    expect(checkInput(plain)).toEqual({
      ok: true,
      request: {
        task: { type: 'completion' },
        model: 'chat',
        conversation: {
          messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
          tools: [],
          toolChoice: null,
          output: { type: 'text' },
          sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
          reasoning: null,
        },
        routing: {
          fallbacks: [],
          maxCost: null,
          firstTokenTimeoutMs: null,
          idleTimeoutMs: null,
          totalTimeoutMs: null,
          midStream: null,
        },
        cache: 'DEFAULT',
        tags: [],
        endUser: null,
        idempotencyKey: null,
        providerOptions: {},
      },
    })
  })

  it('makes a request of all there can be', () => {
    const checked = checkInput({
      model: 'openai/ft:gpt-5/mine',
      system: 'Be brief.',
      messages: [
        {
          user: [
            { text: 'What is this?' },
            { imageUrl: 'https://example.com/a.png' },
            { imageUrl: 'data:image/png;base64,AAAA' },
            { file: { mediaType: 'application/pdf', data: 'JVBERg==', name: 'a.pdf' } },
          ],
        },
        {
          assistant: {
            text: '',
            toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }],
            providerState: { provider: 'openai', state: { signature: 'x' } },
          },
        },
        { toolResult: { toolCallId: 'c1', content: '', isError: true } },
        { system: 'In French.' },
      ],
      tools: [{ ...weather, description: 'The weather.', strict: true }],
      toolChoice: { tool: 'weather' },
      output: { schema: { name: 'answer', schema } },
      maxOutputTokens: 1,
      temperature: 2,
      topP: 0,
      stop: ['END'],
      seed: -1,
      reasoning: { effort: 'LOW', maxTokens: 100 },
      routing: { fallbacks: ['a/b'], maxCostUsd: '0.000000000001', totalTimeoutMs: 3_600_000, midStream: 'FAIL' },
      cache: 'BYPASS',
      tags: [{ key: 'feature', value: 'chat' }],
      endUser: 'u-1',
      idempotencyKey: 'k-1',
      providerOptions: { openai: { service_tier: 'flex' } },
    })

    if (!checked.ok) throw new Error(JSON.stringify(checked.issues))
    expect(checked.request.conversation).toEqual({
      messages: [
        { role: 'system', text: 'Be brief.' },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'What is this?' },
            { type: 'image', url: 'https://example.com/a.png' },
            { type: 'image', url: 'data:image/png;base64,AAAA' },
            { type: 'file', mediaType: 'application/pdf', data: 'JVBERg==', name: 'a.pdf' },
          ],
        },
        {
          role: 'assistant',
          text: null,
          toolCalls: [{ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }],
          providerState: { provider: 'openai', state: { signature: 'x' } },
        },
        { role: 'tool', toolCallId: 'c1', content: '', isError: true },
        { role: 'system', text: 'In French.' },
      ],
      tools: [{ name: 'weather', description: 'The weather.', parameters: schema, strict: true }],
      toolChoice: { type: 'tool', name: 'weather' },
      output: { type: 'schema', name: 'answer', schema },
      sampling: { maxOutputTokens: 1, temperature: 2, topP: 0, stop: ['END'], seed: -1 },
      reasoning: { effort: 'LOW', maxTokens: 100 },
    })
    expect(checked.request.routing).toMatchObject({ fallbacks: ['a/b'], maxCost: 1n, midStream: 'FAIL' })
    expect(checked.request.providerOptions).toEqual({ openai: { service_tier: 'flex' } })
  })

  it('tells all that is wrong at once, each with its path', () => {
    const issues = issuesOf({ model: '', temperature: 3, topP: -1, tags: [{ key: '', value: 'x' }], endUser: '' })

    expect(issues.map((issue) => issue.split(':')[0])).toEqual([
      'model',
      'temperature',
      'topP',
      'tags.0.key',
      'endUser',
    ])
  })

  it('bounds how much it tells', () => {
    const messages = Array.from({ length: 500 }, () => ({ user: [] }))

    expect(messageIssues(messages)).toHaveLength(MOST_ISSUES + 1)
  })
})

describe('prompt and messages', () => {
  it('are both checked where both are given', () => {
    const paths = issuesOf({ prompt: '', messages: [{ user: [{ text: '' }] }] }).map((issue) => issue.split(':')[0])
    expect(paths).toEqual(['messages', 'prompt', 'messages.0.user.0.text'])
  })

  it.each<[string, Partial<CompletionInput>, string]>([
    ['neither', { prompt: null }, 'prompt: Give `prompt` or `messages`'],
    ['both', { messages: [{ user: [{ text: 'x' }] }] }, 'messages: Give either `prompt` or `messages`, not both.'],
    ['an empty prompt', { prompt: ' \n' }, 'prompt: Must not be empty.'],
    ['an empty system', { system: '' }, 'system: Must not be empty.'],
    ['no message', { prompt: null, messages: [] }, 'messages: Must not be empty.'],
    ['only system messages', { prompt: null, messages: [{ system: 'x' }] }, 'messages: Must hold more than system'],
    ['a message that is none', { prompt: null, messages: [{}] }, 'messages.0: Give one of'],
    ['no parts', { prompt: null, messages: [{ user: [] }] }, 'messages.0.user: Must not be empty.'],
    [
      'an empty part',
      { prompt: null, messages: [{ user: [{ text: '' }] }] },
      'messages.0.user.0.text: Must not be empty.',
    ],
    ['a part that is none', { prompt: null, messages: [{ user: [{}] }] }, 'messages.0.user.0: Give one of'],
    ['an empty assistant', { prompt: null, messages: [{ assistant: {} }] }, 'messages.0.assistant: Must have `text`'],
    [
      'too much text',
      { prompt: 'x'.repeat(4_000_001) },
      'prompt: Must have at most 4000000 characters of text together',
    ],
    [
      'a state that is not ours',
      { prompt: null, messages: [{ assistant: { text: 'x', providerState: { a: 1 } } }] },
      "messages.0.assistant.providerState: Must be a Completion's `providerState`",
    ],
  ])('refuses %s', (_name, fields, issue) => {
    expect(issuesOf(fields)).toEqual([expect.stringContaining(issue)])
  })

  it('counts the text of all messages together', () => {
    const limits = { ...DEFAULT_INPUT_LIMITS, textCharacters: 10 }
    const input = { model: 'chat', system: '12345', messages: [{ user: [{ text: '123456' }] }] }

    expect(checkInput(input, limits)).toEqual({
      ok: false,
      issues: [{ path: ['messages'], message: 'Must have at most 10 characters of text together; this has 11.' }],
    })
  })
})

describe('images and files', () => {
  const image = (imageUrl: string) => messageIssues([{ user: [{ imageUrl }] }])
  const file = (mediaType: string, data: string) => messageIssues([{ user: [{ file: { mediaType, data } }] }])

  it.each([
    ['http://example.com/a.png', 'Must be https'],
    ['ftp://example.com/a.png', 'not ftp:'],
    ['file:///etc/passwd', 'not file:'],
    ['a.png', 'Is no URL'],
    ['', 'Must not be empty'],
    ['data:image/png;base64,', 'Must not be empty'],
    ['data:image/png,abc', 'Must be in base64'],
    ['data:image/png;base64,a', 'Is not base64'],
    ['data:image/png;base64,ab-_', 'Is not base64'],
    ['data:image/jpg;base64,AAAA', '"image/jpg" is no known type of image; known are: image/png, image/jpeg'],
    ['data:text/html;base64,AAAA', '"text/html" is no known type'],
    ['data:', 'Is no data URL'],
    [`https://example.com/${'a'.repeat(20_000)}`, 'Must have at most 16384 characters'],
  ])('refuses the image %.40s', (url, message) => {
    expect(image(url)).toEqual([expect.stringContaining(message)])
    expect(image(url)[0]).toMatch(/^messages\.0\.user\.0\.imageUrl: /)
  })

  it('takes data URLs with parameters', () => {
    expect(image('data:image/PNG;name=a;base64,AAAA')).toEqual([])
  })

  it.each([
    ['pdf', 'AAAA', 'mediaType: Is no media type'],
    ['application/pdf', 'AAA', 'data: Is not base64'],
    ['application/pdf', 'A===', 'data: Is not base64'],
    ['application/pdf', 'AA\nA', 'data: Is not base64'],
    ['application/pdf', '', 'data: Must not be empty'],
  ])('refuses a file of %s with %s', (mediaType, data, message) => {
    expect(file(mediaType, data)).toEqual([expect.stringContaining(`messages.0.user.0.file.${message}`)])
  })

  it('bounds what a file holds', () => {
    const limits = { ...DEFAULT_INPUT_LIMITS, mediaBytes: 3 }
    const withFile = (data: string): CompletionInput => ({
      model: 'chat',
      messages: [{ user: [{ file: { mediaType: 'text/plain', data } }] }],
    })

    expect(checkInput(withFile('AAAA'), limits).ok).toBe(true)
    expect(checkInput(withFile('AAAAAA=='), limits)).toMatchObject({
      ok: false,
      issues: [{ message: 'Must have at most 3 bytes; this has 4.' }],
    })
  })

  it('reads megabytes of base64', () => {
    expect(file('application/pdf', 'A'.repeat(8_000_000))).toEqual([])
  })
})

describe('tool results', () => {
  const call = (...ids: string[]) => ({
    assistant: { toolCalls: ids.map((id) => ({ id, name: 'weather', arguments: {} })) },
  })
  const result = (toolCallId: string) => ({ toolResult: { toolCallId, content: 'ok' } })

  it('takes results of parallel calls in any order, and ids that come again once answered', () => {
    expect(messageIssues([call('a', 'b'), result('b'), result('a'), call('a'), result('a')])).toEqual([])
  })

  it.each<[string, CompletionInput['messages'], string]>([
    ['without its call', [result('a')], 'messages.0.toolResult.toolCallId: No tool call before it has the id "a"'],
    ['before its call', [result('a'), call('a')], 'messages.0.toolResult.toolCallId: No tool call before it'],
    [
      'twice',
      [call('a'), result('a'), result('a')],
      'messages.2.toolResult.toolCallId: The tool call "a" has a result',
    ],
  ])('refuses a result %s', (_name, messages, issue) => {
    expect(messageIssues(messages)).toEqual([expect.stringContaining(issue)])
  })

  it('refuses two calls of one id', () => {
    expect(messageIssues([call('a', 'a')])).toEqual([
      'messages.0.assistant.toolCalls.1.id: Two tool calls have the id "a".',
    ])
  })

  it('refuses calls without id and name', () => {
    const messages = [{ assistant: { toolCalls: [{ id: '', name: '', arguments: {} }] } }]

    expect(messageIssues(messages)).toEqual([
      'messages.0.assistant.toolCalls.0.id: Must not be empty.',
      'messages.0.assistant.toolCalls.0.name: Must not be empty.',
    ])
  })
})

describe('tools', () => {
  const parameters = (value: unknown) => issuesOf({ tools: [{ name: 'weather', parameters: value }] })

  it.each<[string, unknown, string]>([
    ['a text', 'object', 'Must be a JSON object; this is a text.'],
    ['null', null, 'this is null'],
    ['a list', [], 'this is a list'],
    ['no type', {}, 'Must be a schema of type "object"; for a tool without arguments write'],
    ['an array', { type: 'array' }, 'Must be a schema of type "object"'],
    ['a made-up type', { type: 'object', properties: { a: { type: 'text' } } }, 'at /properties/a/type it must be'],
    ['a wrong keyword', { type: 'object', required: 'city' }, 'at /required it must be array'],
    ['a broken pattern', { type: 'object', properties: { a: { pattern: '(' } } }, 'Is no JSON Schema: Invalid regular'],
    ['a missing definition', { type: 'object', properties: { a: { $ref: '#/$defs/a' } } }, "can't resolve reference"],
    ['a schema elsewhere', { type: 'object', allOf: [{ $ref: 'https://example.com/s' }] }, "can't resolve reference"],
    ['too much', { type: 'object', description: 'x'.repeat(100_000) }, 'Must have at most 100000 characters as JSON'],
  ])('refuses %s as parameters', (_name, value, message) => {
    expect(parameters(value)).toEqual([expect.stringContaining(message)])
    expect(parameters(value)[0]).toMatch(/^tools\.0\.parameters: /)
  })

  it.each<[string, object]>([
    ['no arguments', { type: 'object', properties: {} }],
    ['references', { type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'string' } } }],
    ['recursion', { type: 'object', properties: { child: { $ref: '#' } } }],
    ['draft 2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' }],
    ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', definitions: {} }],
    ['a tuple as draft-07 wrote it', { type: 'object', properties: { a: { type: 'array', items: [{}, {}] } } }],
    ['words of OpenAPI', { type: 'object', properties: { a: { type: 'string', nullable: true, example: 1 } } }],
    ['an id, and again', { $id: 'https://example.com/s', type: 'object', properties: { a: { pattern: 'a' } } }],
  ])('takes %s', (_name, value) => {
    expect(parameters(value)).toEqual([])
    expect(parameters({ ...value, title: 'other' })).toEqual([])
  })

  it('refuses nesting without end, wide or deep', () => {
    const deep = JSON.parse(`${'{"not":'.repeat(100_000)}{}${'}'.repeat(100_000)}`)

    expect(parameters(deep)).toEqual(['tools.0.parameters: Must not nest deeper than 100 levels.'])
  })

  it.each<[string, Partial<CompletionInput>, string]>([
    ['a bad name', { tools: [{ ...weather, name: 'get weather' }] }, 'tools.0.name: Must be 1 to 64 letters'],
    ['two of one name', { tools: [weather, weather] }, 'tools.1.name: Two tools are called "weather".'],
    ['too many', { tools: Array(257).fill(weather) }, 'tools: Must have at most 256 entries; this has 257.'],
    ['a choice without tools', { toolChoice: { mode: 'AUTO' } }, 'toolChoice: Needs `tools`'],
    ['a choice of nothing', { tools: [weather], toolChoice: {} }, 'toolChoice: Give `mode` or `tool`.'],
    [
      'a choice that is not there',
      { tools: [weather], toolChoice: { tool: 'time' } },
      'toolChoice.tool: No tool is called "time"; given are: weather.',
    ],
  ])('refuses %s', (_name, fields, issue) => {
    expect(issuesOf(fields)).toEqual([expect.stringContaining(issue)])
  })
})

describe('the rest', () => {
  it.each<[string, Partial<CompletionInput>, string]>([
    ['a model without a name', { model: '' }, 'model: Must not be empty.'],
    ['a model without a provider', { model: '/gpt' }, 'model: "/gpt" lacks a side: write a model as provider/model.'],
    ['a provider without a model', { model: 'openai/' }, 'model: "openai/" lacks a side'],
    ['a model with spaces', { model: 'gpt 5' }, 'model: Must not contain spaces'],
    ['a long model', { model: 'x'.repeat(257) }, 'model: Must have at most 256 characters'],
    ['a model with a NUL', { model: 'a\u0000' }, 'model: Must not contain control characters.'],
    ['heat', { temperature: 2.1 }, 'temperature: Must be from 0 to 2; this is 2.1.'],
    ['no number', { temperature: Number.NaN }, 'temperature: Must be from 0 to 2'],
    ['no output', { maxOutputTokens: 0 }, 'maxOutputTokens: Must be from 1'],
    ['a fraction of a seed', { seed: 0.5 }, 'seed: Must be a whole number; this is 0.5.'],
    ['an empty stop', { stop: [''] }, 'stop.0: Must not be empty.'],
    ['too many stops', { stop: Array(17).fill('x') }, 'stop: Must have at most 16 entries; this has 17.'],
    ['reasoning about nothing', { reasoning: {} }, 'reasoning: Give `effort`, `maxTokens` or both'],
    ['no thought', { reasoning: { maxTokens: 0 } }, 'reasoning.maxTokens: Must be from 1'],
    ['a budget for none', { reasoning: { effort: 'NONE', maxTokens: 5 } }, 'reasoning.maxTokens: Leave it out'],
    [
      'a schema that is none',
      { output: { schema: { name: 'a', schema: { type: 'x' } } } },
      'output.schema.schema: Is no',
    ],
    [
      'a schema without a name',
      { output: { schema: { name: '', schema: {} } } },
      'output.schema.name: Must be 1 to 64',
    ],
    ['an empty output', { output: {} }, 'output: Give `format` or `schema`'],
    ['no time', { routing: { idleTimeoutMs: 0 } }, 'routing.idleTimeoutMs: Must be from 1 to 3600000; this is 0.'],
    ['no money', { routing: { maxCostUsd: '0' } }, 'routing.maxCostUsd: Must be above zero'],
    ['money that is none', { routing: { maxCostUsd: '1e3' } }, 'routing.maxCostUsd: Must be a plain decimal number'],
    ['dust', { routing: { maxCostUsd: '0.0000000000001' } }, 'routing.maxCostUsd: Must be a plain decimal'],
    ['a fallback to a route', { routing: { fallbacks: ['chat'] } }, 'routing.fallbacks.0: "chat" is no model: write'],
    [
      'too many fallbacks',
      { routing: { fallbacks: Array(11).fill('a/b') } },
      'routing.fallbacks: Must have at most 10',
    ],
    ['a refresh', { cache: 'REFRESH' }, 'cache: Response caching is not available yet'],
    ['too many tags', { tags: Array(33).fill({ key: 'a', value: 'b' }) }, 'tags: Must have at most 32 entries'],
    ['a long tag', { tags: [{ key: 'a', value: 'x'.repeat(257) }] }, 'tags.0.value: Must have at most 256 characters'],
    ['half a letter', { endUser: '\ud800' }, 'endUser: Must be well-formed Unicode'],
    ['an empty key', { idempotencyKey: '' }, 'idempotencyKey: Must not be empty.'],
    ['a long key', { idempotencyKey: 'x'.repeat(256) }, 'idempotencyKey: Must have at most 255 characters'],
    ['options that are none', { providerOptions: [1] }, 'providerOptions: Must be a JSON object; this is a list.'],
    ['options of nobody', { providerOptions: { top_k: 5 } }, 'providerOptions.top_k: Must be an object of options'],
  ])('refuses %s', (_name, fields, issue) => {
    expect(issuesOf(fields)).toEqual([expect.stringContaining(issue)])
  })

  it('refuses a tag key that stands there twice', () => {
    const tags = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ]

    expect(issuesOf({ tags })).toEqual(['tags.1.key: "a" stands here twice: a key has one value.'])
  })
})
