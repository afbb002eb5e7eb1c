import { describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { callerWithScopes, callId, createHouse } from './house.ts'

const COMPLETE = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename
  ... on Completion { callId text json toolCalls { id name arguments } finishReason usage { inputTokens } cost { totalUsd }
    latency { firstTokenMs } attempts { number } cacheStatus providerState call { id status attempts { number } } }
  ... on CallError { message callId retryable retryAfterMs }
  ... on QuotaExceededError { quota { id } }
  ... on AllAttemptsFailedError { attempts { errorKind } }
} }`

const complete = (model: string, more: Parameters<typeof ask>[1] = {}) =>
  ask(COMPLETE, { ...more, variables: { input: { model, prompt: 'Hi' } } })

describe('complete', () => {
  it('answers with a Completion and its call', async () => {
    expect(await complete('chat')).toEqual({
      data: {
        complete: {
          __typename: 'Completion',
          callId: callId(1),
          text: 'Hello.',
          json: null,
          toolCalls: [{ id: 't1', name: 'weather', arguments: { city: 'Bern' } }],
          finishReason: 'STOP',
          usage: { inputTokens: 100 },
          cost: { totalUsd: '0.00001875' },
          latency: { firstTokenMs: 5 },
          attempts: [{ number: 1 }, { number: 2 }],
          cacheStatus: 'MISS',
          providerState: { provider: 'simulator', state: { signature: 'abc' } },
          call: { id: callId(1), status: 'SUCCEEDED', attempts: [{ number: 1 }, { number: 2 }] },
        },
      },
    })
  })

  it('answers with errors as data, also to a stranger', async () => {
    const said = { message: 'Said.', callId: callId(1), retryable: false, retryAfterMs: null }
    expect((await complete('chat', { caller: null })).data).toEqual({
      complete: { __typename: 'NotAuthorizedError', ...said },
    })
    expect((await complete('full')).data).toEqual({
      complete: { __typename: 'QuotaExceededError', ...said, quota: { id: 'q1' } },
    })
    expect((await complete('down')).data).toEqual({
      complete: { __typename: 'AllAttemptsFailedError', ...said, attempts: [{ errorKind: 'OVERLOADED' }] },
    })
  })

  it('hands every field of the input on as it was sent, with the defaults of the schema', async () => {
    const house = createHouse()
    const input = {
      model: 'chat',
      system: 'Be brief.',
      messages: [
        {
          user: [
            { text: 'Hi' },
            { imageUrl: 'https://example.test/a.png' },
            { file: { mediaType: 'text/plain', data: 'SGk=' } },
          ],
        },
        {
          assistant: {
            text: null,
            toolCalls: [{ id: '1', name: 'f', arguments: { a: [1, null] } }],
            providerState: 'x',
          },
        },
        { toolResult: { toolCallId: '1', content: 'ok' } },
      ],
      tools: [{ name: 'f', parameters: { type: 'object' }, strict: true }],
      toolChoice: { mode: 'REQUIRED' },
      output: { schema: { name: 'answer', schema: { type: 'object' } } },
      maxOutputTokens: 5,
      temperature: 0.5,
      stop: ['END'],
      reasoning: { effort: 'LOW' },
      routing: { maxCostUsd: '0.05', midStream: 'FAIL', fallbacks: ['a/b'] },
      tags: [{ key: 'team', value: 'blue' }],
      providerOptions: { openai: { user: 'x' } },
    }
    expect((await ask(COMPLETE, { house, variables: { input } })).errors).toBeUndefined()
    const [, , result] = input.messages
    expect(JSON.parse(JSON.stringify(house.asked.incoming[0]?.input))).toEqual({
      ...input,
      messages: [...input.messages.slice(0, 2), { toolResult: { ...result?.toolResult, isError: false } }],
      cache: 'DEFAULT',
    })
  })

  it('takes JSON written into the query, with variables inside, as plain objects', async () => {
    const house = createHouse()
    const query = `mutation ($x: JSON) { complete(input: { model: "chat", providerOptions: { openai: { a: [1, 2.5, true, null, "s", $x], __proto__: { b: 1 } } } }) { __typename } }`
    await ask(query, { house, variables: { x: { y: 1 } } })
    const options = house.asked.incoming[0]?.input.providerOptions as { openai: { a: unknown } }
    expect(options.openai.a).toEqual([1, 2.5, true, null, 's', { y: 1 }])
    expect(Object.getPrototypeOf(options.openai)).toBe(Object.prototype)
  })

  it('takes JSON of 100 levels, and none of 200 or 50,000', async () => {
    for (const [depth, fits] of [
      [100, true],
      [200, false],
      [50_000, false],
    ] as const) {
      const providerOptions = JSON.parse(`{"openai":${'['.repeat(depth)}${']'.repeat(depth)}}`)
      const { errors } = await ask(COMPLETE, { variables: { input: { model: 'chat', providerOptions } } })
      expect(errors?.[0]?.message.includes('JSON may be nested 128 levels deep at most') ?? true).toBe(true)
      expect(errors === undefined).toBe(fits)
    }
    const literal = `mutation { complete(input: { model: "chat", providerOptions: ${'['.repeat(200)}${']'.repeat(200)} }) { __typename } }`
    expect((await ask(literal)).errors?.[0]?.message).toContain('JSON may be nested 128 levels deep at most')
  })

  it.each([
    [{ model: 'chat', messages: [{ user: [{ text: 'a', imageUrl: 'b' }] }] }, 'Exactly one key'],
    [{ model: 'chat', messages: [{}] }, 'Exactly one key'],
    [{ model: 'chat', routing: { maxCostUsd: 0.05 } }, 'A Decimal is a plain decimal number in quotes'],
    [{ model: 'chat', routing: { maxCostUsd: '1e3' } }, 'A Decimal is a plain decimal number in quotes'],
    [{ model: 'chat', cache: 'NEVER' }, 'does not exist in "CacheMode"'],
    [{ prompt: 'Hi' }, 'model'],
  ])('refuses input that its types do not allow: %j', async (input, message) => {
    const { errors } = await ask(COMPLETE, { variables: { input } })
    expect(errors?.[0]?.message).toContain(message)
  })

  it.each(['2025-01-01', '2025-01-01T00:00:00', '2025-02-30T00:00:00Z', '1735689600000', ''])(
    'refuses %j as a DateTime',
    async (from) => {
      const query =
        'query ($from: DateTime!) { usage(range: { from: $from, to: "2030-01-01T00:00:00Z" }) { total { calls } } }'
      const { errors } = await ask(query, { variables: { from } })
      expect(errors?.[0]?.message).toContain('A DateTime is an ISO 8601 date and time with a time zone')
    },
  )
})

describe('cancelCall', () => {
  const cancel = (id: string, more: Parameters<typeof ask>[1] = {}) =>
    ask(`mutation { cancelCall(id: "${id}") { __typename ... on Call { id } ... on NotFoundError { message } } }`, more)

  it('stops the call and shows it', async () => {
    const house = createHouse()
    expect((await cancel(callId(1), { house })).data).toEqual({ cancelCall: { __typename: 'Call', id: callId(1) } })
    expect(house.asked.cancelled).toEqual([callId(1)])
  })

  it('says that there is no such call', async () => {
    for (const id of [callId(999), 'nonsense']) {
      expect((await cancel(id)).data).toEqual({
        cancelCall: { __typename: 'NotFoundError', message: `This project has no call ${id}.` },
      })
    }
  })

  it('needs the scope `complete`', async () => {
    const { errors } = await cancel(callId(1), { caller: callerWithScopes('read') })
    expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'complete' })
  })
})
