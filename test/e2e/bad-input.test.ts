import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { createKey, revokeKey } from '../../src/access/api-keys.ts'
import { clientOf } from './client.ts'
import { COMPLETE, STREAM } from './documents.ts'
import { describeHouse, newTag } from './harness.ts'
import { priority, provider, together } from './settings.ts'

const deep = (levels: number): unknown => (levels === 0 ? 'end' : { a: deep(levels - 1) })
const tool = (parameters: unknown) => ({ name: 'look', parameters })

/** What is wrong with a request, and the paths that are named. `prompt` is there unless the case says otherwise. */
const WRONG: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
  ['both prompt and messages', { messages: [{ user: [{ text: 'Hi' }] }] }, ['messages']],
  ['neither prompt nor messages', { prompt: null }, ['prompt']],
  ['an empty prompt', { prompt: '' }, ['prompt']],
  ['no messages', { prompt: null, messages: [] }, ['messages']],
  ['an empty message', { prompt: null, messages: [{ user: [] }] }, ['messages.0.user']],
  ['a temperature that is too high', { temperature: 1e9 }, ['temperature']],
  ['a temperature below zero', { temperature: -0.1 }, ['temperature']],
  ['a topP above one', { topP: 1.5 }, ['topP']],
  ['no output', { maxOutputTokens: 0 }, ['maxOutputTokens']],
  ['negative output', { maxOutputTokens: -5 }, ['maxOutputTokens']],
  ['a tool schema that is no JSON Schema', { tools: [tool({ type: 'nonsense' })] }, ['tools.0.parameters']],
  ['a tool schema that is no object', { tools: [tool('object')] }, ['tools.0.parameters']],
  ['a reference into nowhere', { tools: [tool({ $ref: '#/nowhere' })] }, ['tools.0.parameters']],
  ['a tool name with spaces', { tools: [{ ...tool({ type: 'object' }), name: 'a b' }] }, ['tools.0.name']],
  ['two tools of one name', { tools: [tool({ type: 'object' }), tool({ type: 'object' })] }, ['tools.1.name']],
  ['a choice among no tools', { toolChoice: { mode: 'REQUIRED' } }, ['toolChoice']],
  [
    'a choice of an unknown tool',
    { tools: [tool({ type: 'object' })], toolChoice: { tool: 'b' } },
    ['toolChoice.tool'],
  ],
  [
    'an output schema that is none',
    { output: { schema: { name: 'x', schema: { type: 7 } } } },
    ['output.schema.schema'],
  ],
  [
    'an http image',
    { prompt: null, messages: [{ user: [{ imageUrl: 'http://a.test/b.png' }] }] },
    ['messages.0.user.0.imageUrl'],
  ],
  [
    'an image that is text',
    { prompt: null, messages: [{ user: [{ imageUrl: 'nonsense' }] }] },
    ['messages.0.user.0.imageUrl'],
  ],
  [
    'a file as an image',
    { prompt: null, messages: [{ user: [{ imageUrl: 'file:///etc/passwd' }] }] },
    ['messages.0.user.0.imageUrl'],
  ],
  [
    'a file that is no base64',
    { prompt: null, messages: [{ user: [{ file: { mediaType: 'application/pdf', data: '%%%' } }] }] },
    ['messages.0.user.0.file.data'],
  ],
  ['a bare fallback', { routing: { fallbacks: ['gpt-5'] } }, ['routing.fallbacks.0']],
  ['a cost bound of nothing', { routing: { maxCostUsd: '0' } }, ['routing.maxCostUsd']],
  ['a negative cost bound', { routing: { maxCostUsd: '-1' } }, ['routing.maxCostUsd']],
  ['a timeout of nothing', { routing: { totalTimeoutMs: 0 } }, ['routing.totalTimeoutMs']],
  ['options for nobody', { providerOptions: { nobody: { a: 1 } } }, ['providerOptions.nobody']],
  ['options that are no object', { providerOptions: { openai: 7 } }, ['providerOptions.openai']],
  [
    'a result of a call that was not made',
    { prompt: null, messages: [{ user: [{ text: 'Hi' }] }, { toolResult: { toolCallId: 'x', content: '' } }] },
    ['messages.1.toolResult.toolCallId'],
  ],
  ['200 levels of nesting in a schema', { tools: [tool(deep(120))] }, ['tools.0.parameters']],
  ['a model of spaces', { model: ' ' }, ['model']],
  ['a model without a name', { model: 'openai/' }, ['model']],
  ['reasoning about nothing', { reasoning: {} }, ['reasoning']],
]

const html = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<!doctype html><title>Welcome</title><h1>It works!</h1>')
})
html.listen(0, '127.0.0.1')
await once(html, 'listening')
afterAll(() => new Promise((resolve) => html.close(resolve)))
const htmlUrl = `http://127.0.0.1:${(html.address() as AddressInfo).port}`

const config = (url: string) => ({
  providers: together([
    provider('page-openai', url, { driver: 'openai', baseUrl: htmlUrl, api: 'responses' }),
    provider('page-chat', url, { baseUrl: htmlUrl }),
    provider('page-anthropic', url, { baseUrl: htmlUrl, driver: 'anthropic' }),
    provider('page-google', url, { baseUrl: htmlUrl, driver: 'google' }),
    provider('page-compatible', url, { baseUrl: htmlUrl, driver: 'openai-compatible' }),
  ]),
  routes: priority('chat', ['openai/gpt-5-mini']),
})

describeHouse('bad input', { config }, (house) => {
  it.each(WRONG)('is refused with its path before anything is spent: %s', async (_what, wrong, paths) => {
    const client = await house().client()
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi', ...wrong }
    const whole = await client.refusal(input)
    const events = await (await client.stream(input)).all()
    expect(events).toMatchObject([{ __typename: 'CompletionFailed', seq: 1 }])
    const [only] = events
    const streamed = only?.__typename === 'CompletionFailed' ? only.error : null
    for (const error of [whole, streamed]) {
      expect(error).toMatchObject({ __typename: 'InvalidRequestError', retryable: false, attempts: [] })
      expect(error?.issues?.map(({ path }) => path.join('.'))).toEqual(expect.arrayContaining([...paths]))
    }
    expect(await house().requests(tag)).toEqual([])
    expect(await client.call(whole.callId)).toBeNull()
  })

  it('is told all at once', async () => {
    const client = await house().client()
    const error = await client.refusal({
      model: 'openai/gpt-5-mini',
      messages: [{ user: [{ imageUrl: 'http://a.test/b.png' }] }],
      temperature: 7,
      topP: -1,
      maxOutputTokens: -1,
      tools: [tool({ type: 'nonsense' })],
      routing: { totalTimeoutMs: -1, maxCostUsd: '-3' },
    })
    expect(new Set(error.issues?.map(({ path }) => path.join('.')))).toEqual(
      new Set([
        'messages.0.user.0.imageUrl',
        'temperature',
        'topP',
        'maxOutputTokens',
        'tools.0.parameters',
        'routing.totalTimeoutMs',
        'routing.maxCostUsd',
      ]),
    )
  })

  it.each([
    ['an unknown route', 'chatt', /Did you mean "chat"/],
    ['an unknown provider', 'opnai/gpt-5-mini', /Did you mean "openai"/],
  ])('that names %s is refused with advice, and is a row that cost nothing', async (_what, model, advice) => {
    const client = await house().client()
    const error = await client.refusal({ model, prompt: 'Hi' })
    expect(error).toMatchObject({ __typename: 'NoCandidateError', message: expect.stringMatching(advice) })
    expect(await client.call(error.callId)).toMatchObject({
      status: 'REFUSED',
      requestedModel: model,
      cost: { totalUsd: '0', priced: true },
      attempts: [],
    })
  })

  it('to a model that its provider does not know is NOT_FOUND there', async () => {
    const client = await house().client()
    const error = await client.refusal({ model: `openai/nonsense+404+tag=${newTag()}`, prompt: 'Hi' })
    expect(error).toMatchObject({ __typename: 'AllAttemptsFailedError', attempts: [{ errorKind: 'NOT_FOUND' }] })
  })

  it.each(['page-openai', 'page-chat', 'page-anthropic', 'page-google', 'page-compatible'])(
    'of a provider that answers HTML is a failed attempt: %s',
    async (name) => {
      const client = await house().client()
      const error = await client.refusal({ model: `${name}/gpt-5-mini`, prompt: 'Hi' })
      expect(error).toMatchObject({ __typename: 'AllAttemptsFailedError', attempts: [{ errorKind: 'MALFORMED' }] })
      expect(error.message).not.toContain('<h1>')
    },
  )
})

describeHouse('a key', {}, (house) => {
  it.each([
    ['none', ''],
    ['an unknown one', 'Bearer sy_unknown'],
    ['another scheme', 'Basic abc'],
    ['half a header', 'Bearer'],
  ])('that is %s does not let a call in', async (_what, authorization) => {
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    const response = await fetch(house().url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) },
      body: JSON.stringify({ query: COMPLETE, variables: { input } }),
    })
    expect(await response.json()).toMatchObject({ data: { complete: { __typename: 'NotAuthorizedError' } } })
    expect(await house().requests(tag)).toEqual([])
  })

  it('that is revoked is refused within a second, on streams too', async () => {
    const { database } = house()
    const made = await createKey(database, { project: 'revoked', scopes: ['complete', 'read'] })
    const client = clientOf(house().url, made.secret)
    const input = { model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' }
    expect((await client.answer(input)).text).not.toBe('')
    await revokeKey(database, made.key.id)
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await client.refusal(input)).toMatchObject({ __typename: 'NotAuthorizedError', retryable: false })
    const events = await (await client.stream(input)).all()
    expect(events).toMatchObject([{ seq: 1, error: { __typename: 'NotAuthorizedError' } }])
    const { errors } = await client.post('{ viewer { project } }')
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  })

  it('without the scope does not complete, and one without the other does not read', async () => {
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    const reader = await house().client({ scopes: ['read'] })
    expect(await reader.refusal(input)).toMatchObject({ __typename: 'NotAuthorizedError' })
    expect((await reader.calls()).edges).toEqual([])
    expect(await house().requests(tag)).toEqual([])

    const writer = await house().client({ scopes: ['complete'] })
    expect((await writer.answer(input)).text).not.toBe('')
    const { errors } = await writer.post('{ calls { edges { cursor } } }')
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  })
})

describeHouse('a request that is no request', {}, (house) => {
  const post = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
    const { secret } = await house().client()
    return await fetch(house().url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      body,
    })
  }

  // What can be read but is no valid query gets 200 where the client did not ask for the newer media type.
  it.each([
    ['an empty body', ''],
    ['no JSON', '{"query": '],
    ['JSON that is no object', '[1,2,3]'],
    ['null', 'null'],
    ['no query', '{}'],
    ['a query that is no text', '{"query": 7}'],
    ['a query that is none', '{"query": "hello there {"}'],
    ['variables that are none', '{"query": "{ viewer { project } }", "variables": "x"}'],
  ])('is told so, and what is wrong: %s', async (_what, body) => {
    const response = await post(body)
    expect(response.status).toBeLessThan(500)
    const { errors } = (await response.json()) as { errors: readonly { message: string }[] }
    expect(errors[0]?.message).toMatch(/\w/)
    expect(errors[0]?.message).not.toMatch(/Reference:|Unexpected error/)
  })

  it('of ten megabytes is too large', async () => {
    const input = { model: 'openai/gpt-5-mini', prompt: 'x'.repeat(10 * 1024 * 1024) }
    const response = await post(JSON.stringify({ query: COMPLETE, variables: { input } }))
    expect(response.status).toBe(413)
  })

  it('of 200 levels is refused, wherever they are', async () => {
    const { secret } = await house().client()
    const client = clientOf(house().url, secret)
    const fields = `{ ${'a { '.repeat(200)} b ${'} '.repeat(200)} }`
    const input = { model: 'openai/gpt-5-mini', prompt: 'Hi' }
    const literal = `{ explainRoute(input: { model: "openai/gpt-5-mini", prompt: "Hi", providerOptions: ${'['.repeat(200)}${']'.repeat(200)} }) { route } }`
    const answers = [
      await client.post(fields),
      await client.post(literal),
      await client.post(COMPLETE, { input: { ...input, providerOptions: deep(200) } }),
    ]
    for (const { data, errors } of answers) {
      expect(data).toBeNull()
      expect(errors[0]?.message).toMatch(/levels|deep|nest/i)
    }
  })

  it('with types that are wrong says which variable', async () => {
    const response = await post(
      JSON.stringify({ query: COMPLETE, variables: { input: { model: 7, prompt: 'Hi', seed: 1e20 } } }),
    )
    expect(await response.text()).toMatch(/input\.model|\$input/)
  })

  it('as a subscription that wants JSON starts nothing', async () => {
    const tag = newTag()
    const input = { model: `openai/gpt-5-mini+tag=${tag}`, prompt: 'Hi' }
    const response = await post(JSON.stringify({ query: STREAM, variables: { input } }), { accept: 'application/json' })
    expect(response.status).toBe(406)
  })
})
