import { describe, expect, it } from 'vitest'
import type { Input } from './client.ts'
import { only } from './event-stream.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { present } from './present.ts'
import { MODELS, PROVIDER_NAMES, priced, route, together } from './settings.ts'

const TAG = newTag()
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name', 'age'],
  additionalProperties: false,
}
const SCHEMA = { schema: { name: 'person', schema: PERSON } }

const DEAR = `openai/dear+words=900+tag=${TAG}`
const WASTEFUL = `openai/wasteful+words=200+cut=60+tag=${TAG}`
const ECHO = `openai/gpt-5-mini+echo+tag=${TAG}`
/** With a limit of their own, which only the simulator knows; and one that is declared. */
const SHORT = PROVIDER_NAMES.map((name) => ({ name, model: `${MODELS[name]}+most-output=64000+tag=${newTag()}` }))
const DECLARED = `openai/gpt-5-mini+most-output=64000+tag=${newTag()}`
const THINKING = `anthropic/claude-haiku-4-5+tag=${newTag()}`
const PLAIN = `openai/gpt-5-mini+tag=${newTag()}`
const DOLLAR_A_TOKEN = { inputPerMillion: '0', outputPerMillion: '1000000' }
const models = together([
  priced(DEAR, { price: DOLLAR_A_TOKEN }),
  priced(WASTEFUL, { price: DOLLAR_A_TOKEN }),
  priced(ECHO),
  priced(THINKING),
  priced(PLAIN),
  ...SHORT.map(({ model }) => priced(model)),
  priced(DECLARED, { maxOutputTokens: 64_000 }),
])

const routes = together([
  route('weighted', {
    strategy: 'weighted',
    models: [
      { model: `openai/gpt-5-mini+tag=${TAG}`, weight: 3 },
      { model: `google/gemini-2.5-flash+tag=${TAG}`, weight: 1 },
    ],
  }),
  route('cheapest', {
    strategy: 'cheapest',
    models: ['anthropic/claude-opus-4-1', 'openai/gpt-5-nano', 'google/gemini-2.5-pro'],
  }),
  route('by-difficulty', {
    strategy: 'complexity',
    tiers: { simple: ['openai/gpt-5-nano'], complex: ['anthropic/claude-sonnet-4-5'] },
  }),
])
const config = () => ({ models, routes })

describeHouse('output in a form', { config, random: () => 0 }, (house) => {
  describe.each(PROVIDER_NAMES)('by %s', (name) => {
    it('of a schema is checked and parsed', async () => {
      const client = await house().client()
      const input = { model: `${MODELS[name]}+tag=${newTag()}`, prompt: 'Who is "Ada Lovelace", 36?', output: SCHEMA }
      const answer = await client.answer(input)
      expect(answer.json).toMatchObject({ name: expect.any(String), age: expect.any(Number) })
      expect(JSON.parse(answer.text)).toEqual(answer.json)
      const events = await (await client.stream(input)).all()
      expect(present(only(events, 'CompletionFinished')[0]).completion.json).toEqual(answer.json)
    })

    it('of JSON is parsed', async () => {
      const client = await house().client()
      const input = { model: `${MODELS[name]}+tag=${newTag()}`, prompt: 'JSON please', output: { format: 'JSON' } }
      const answer = await client.answer(input)
      expect(answer.json).toEqual(JSON.parse(answer.text))
    })
  })

  it('is null where no JSON was asked for', async () => {
    const client = await house().client()
    const prompt = 'Say exactly: {"a":1}'
    expect(await client.answer({ model: `openai/gpt-5-mini+tag=${newTag()}`, prompt })).toMatchObject({
      text: '{"a":1}',
      json: null,
    })
  })

  it('that does not come is never handed on as an answer', async () => {
    const client = await house().client()
    const input = { model: ECHO, prompt: 'This is no JSON', output: SCHEMA }
    const error = await client.refusal(input)
    expect(error.__typename).toBe('AllAttemptsFailedError')
    for (const attempt of present(error.attempts)) expect(attempt).toMatchObject({ errorKind: 'MALFORMED' })

    const routing = { fallbacks: [`anthropic/claude-haiku-4-5+tag=${newTag()}`] }
    const events = await (await client.stream({ ...input, routing })).all()
    const { completion } = present(only(events, 'CompletionFinished')[0])
    expect(completion.provider).toBe('anthropic')
    expect(completion.json).toMatchObject({ name: expect.any(String) })
    expect(only(events, 'AttemptFailed').every(({ outputVoided }) => outputVoided)).toBe(true)
    const after = present(only(events, 'AttemptFailed').at(-1)).seq
    const deltas = only(events.slice(after), 'TextDelta')
    expect(deltas.map(({ text }) => text).join('')).toBe(completion.text)
    // It came whole, with what it used: that is not counted here again.
    expect(completion.attempts[0]?.usage).toMatchObject({ estimated: false })
    expect(sumOf(completion.attempts.map(({ costUsd }) => costUsd))).toBe(picodollars(completion.cost.totalUsd))
  })
})

describeHouse('spending', { config, random: () => 0 }, (house) => {
  it('within maxCostUsd is unchanged', async () => {
    const client = await house().client()
    const input = { model: 'openai/gpt-5-nano', prompt: 'Hi' }
    const free = await client.answer(input)
    const bound = await client.answer({ ...input, routing: { maxCostUsd: '0.05' } })
    expect(bound.text).toBe(free.text)
    expect(bound.cost).toEqual(free.cost)
  })

  it('is held to maxCostUsd by what the model may say', async () => {
    const client = await house().client()
    const routing = { maxCostUsd: '600' }
    const answer = await client.answer({ model: DEAR, prompt: 'Why is the sky blue?', routing })
    expect(answer).toMatchObject({ finishReason: 'LENGTH', lengthLimit: 'MAX_COST' })
    expect(picodollars(answer.cost.totalUsd)).toBeLessThanOrEqual(picodollars('600'))
    expect(picodollars(answer.cost.totalUsd)).toBeGreaterThan(picodollars('500'))
  })

  it('says in a stream too which limit it reached, and nothing where it reached none', async () => {
    const client = await house().client()
    const ends = async (input: Input) =>
      present(only(await (await client.stream({ prompt: 'Hi', ...input })).all(), 'CompletionFinished')[0]).completion
    const limits = [
      await ends({ model: DEAR, routing: { maxCostUsd: '600' } }),
      await ends({ model: DEAR, routing: { maxCostUsd: '600' }, maxOutputTokens: 200 }),
      await ends({ model: 'openai/gpt-5-mini', routing: { maxCostUsd: '0.01' } }),
    ].map(({ finishReason, lengthLimit }) => [finishReason, lengthLimit])
    expect(limits).toEqual([
      ['LENGTH', 'MAX_COST'],
      ['LENGTH', 'MAX_OUTPUT_TOKENS'],
      ['STOP', null],
    ])
    expect(await ends({ model: `openai/gpt-5-mini+length+tag=${newTag()}` })).toMatchObject({ lengthLimit: 'MODEL' })
  })

  it.each(SHORT)('is not refused for a maxCostUsd that pays for more than the model can say: $name', async (each) => {
    const client = await house().client()
    const input = { model: each.model, prompt: 'Why is the sky blue?', routing: { maxCostUsd: '0.10' } }
    const first = await client.answer(input)
    expect(first.attempts).toMatchObject([
      { outcome: 'FAILED', errorKind: 'INVALID_REQUEST', httpStatus: 400, costUsd: '0' },
      { outcome: 'SUCCEEDED' },
    ])
    expect(first).toMatchObject({ finishReason: 'STOP', text: (await client.answer({ ...input, routing: {} })).text })
    expect((await client.answer(input)).attempts).toHaveLength(1)
    const held = await client.answer({ ...input, routing: { maxCostUsd: '0.0004' } })
    expect(held).toMatchObject({ attempts: [{ outcome: 'SUCCEEDED' }] })
    const tooLong = await client.refusal({ ...input, routing: {}, maxOutputTokens: 65_000 })
    expect(tooLong).toMatchObject({ __typename: 'InvalidRequestError', attempts: [{ outcome: 'FAILED' }] })
  })

  it('is asked without a limit beyond the one that is declared for the model', async () => {
    const client = await house().client()
    const input = { model: DECLARED, prompt: 'Why is the sky blue?', routing: { maxCostUsd: '0.10' } }
    expect((await client.answer(input)).attempts).toHaveLength(1)
  })

  it('passes a model over that cannot think within what is paid for, and blames no limit that nobody set', async () => {
    const client = await house().client()
    const routing = { fallbacks: [PLAIN], maxCostUsd: '0.0004' }
    const input = { model: THINKING, prompt: 'Why is the sky blue?', reasoning: { effort: 'HIGH' }, routing }
    expect(await client.answer(input)).toMatchObject({
      provider: 'openai',
      attempts: [
        { outcome: 'SHORT_CIRCUITED', error: expect.stringContaining('maxCostUsd') },
        { outcome: 'SUCCEEDED' },
      ],
    })
  })

  it('that maxCostUsd cannot pay for is not begun', async () => {
    const client = await house().client()
    const before = (await house().requests(TAG)).length
    const error = await client.refusal({ model: DEAR, prompt: 'Hi', routing: { maxCostUsd: '2' } })
    expect(['NoCandidateError', 'AllAttemptsFailedError']).toContain(error.__typename)
    expect(await client.call(error.callId)).toMatchObject({ cost: { totalUsd: '0' } })
    expect(await house().requests(TAG)).toHaveLength(before)
  })

  it('counts failed attempts too: what one wasted, the next has less', async () => {
    const client = await house().client()
    const routing = { fallbacks: [DEAR], maxCostUsd: '550' }
    const answer = await client.answer({ model: WASTEFUL, prompt: 'Why is the sky blue?', routing })
    const [wasted, paid] = answer.attempts.map(({ costUsd }) => picodollars(costUsd))
    expect(wasted).toBeGreaterThan(picodollars('20'))
    expect(paid).toBeGreaterThan(picodollars('400'))
    expect(picodollars(answer.cost.totalUsd)).toBeLessThanOrEqual(picodollars('550'))
  })

  it('with a bound is not begun on a model without a known price', async () => {
    const client = await house().client()
    const input = { model: `openai/unheard-of+tag=${newTag()}`, prompt: 'Hi', routing: { maxCostUsd: '1' } }
    expect(await client.refusal(input)).toMatchObject({
      __typename: 'NoCandidateError',
      message: expect.stringMatching(/price/),
    })
  })

  it('on a model without a known price is unpriced, never zero', async () => {
    const client = await house().client()
    const answer = await client.answer({ model: `openai/unheard-of+tag=${newTag()}`, prompt: 'Hi' })
    expect(answer.cost).toMatchObject({ priced: false, totalUsd: null })
    expect(answer.attempts).toMatchObject([{ costUsd: null }])
    expect((await client.call(answer.callId))?.cost).toEqual(answer.cost)
  })
})

describeHouse('routes', { config }, (house) => {
  it('that are weighted divide the calls', async () => {
    const client = await house().client()
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => client.answer({ model: 'weighted', prompt: 'Hi' })),
    )
    const counts = Map.groupBy(answers, ({ provider }) => provider)
    expect(counts.get('openai')?.length).toBeGreaterThan(18)
    expect(counts.get('google')?.length ?? 0).toBeGreaterThan(0)
  })

  it('that are cheapest take the cheapest, and the plan says what each would cost', async () => {
    const client = await house().client()
    const answer = await client.answer({ model: 'cheapest', prompt: 'Hi' })
    expect(answer).toMatchObject({ provider: 'openai', model: 'gpt-5-nano' })
    const { candidates } = await client.explain({ model: 'cheapest', prompt: 'Hi' })
    const costs = candidates.map(({ estimatedCostUsd }) => picodollars(estimatedCostUsd))
    expect(costs).toEqual([...costs].sort((a, b) => Number(a - b)))
  })

  it('by complexity send simple questions to the cheap model and code to the capable one', async () => {
    const client = await house().client()
    expect((await client.answer({ model: 'by-difficulty', prompt: 'What is the capital of France?' })).model).toBe(
      'gpt-5-nano',
    )
    const hard = `Prove that this lock-free queue is linearizable, step by step, and derive its worst case:
\`\`\`rust
fn push(&self, value: T) { loop { let tail = self.tail.load(Acquire); if self.cas(tail, value) { break } } }
\`\`\`
Then refactor the algorithm to O(log n), explain the trade-offs, and write property-based tests for each invariant.`
    expect((await client.answer({ model: 'by-difficulty', prompt: hard })).model).toBe('claude-sonnet-4-5')
  })

  it('are explained as they are then taken, without a request or a row', async () => {
    const client = await house().client()
    const tag = newTag()
    const input = {
      model: `openai/gpt-5-mini+tag=${tag}`,
      prompt: 'Hi',
      routing: { fallbacks: [`google/gemini-2.5-flash+tag=${tag}`] },
    }
    const explained = await client.explain(input)
    expect(await house().requests(tag)).toEqual([])
    expect((await client.calls()).edges).toEqual([])
    const stream = await client.stream(input)
    const { plan } = await stream.until('CompletionStarted')
    expect(plan).toEqual(explained)
    expect(plan.candidates).toMatchObject([
      { provider: 'openai', eligible: true, reason: expect.stringMatching(/\w/) },
      { provider: 'google', eligible: true, reason: expect.stringMatching(/\w/) },
    ])
    await stream.all()
  })

  it('take the caller’s fallbacks behind their own', async () => {
    const client = await house().client()
    const fallbacks = [`compatible/gpt-4o-mini+tag=${newTag()}`, 'openai/gpt-5-nano']
    const { candidates } = await client.explain({ model: 'cheapest', prompt: 'Hi', routing: { fallbacks } })
    expect(candidates).toHaveLength(4)
    expect(candidates.at(-1)).toMatchObject({ provider: 'compatible' })
  })
})

describeHouse('provider options', {}, (house) => {
  it('reach their provider untouched, by its name before its driver’s', async () => {
    const client = await house().client()
    const tag = newTag()
    const options = { openai: { user: 'by-name' }, 'openai-compatible': { user: 'by-driver' }, anthropic: { x: 1 } }
    const models = [
      `openai-chat/gpt-4.1-mini+tag=${tag}`,
      `openai/gpt-5-mini+tag=${tag}`,
      `compatible/gpt-4o-mini+tag=${tag}`,
    ]
    for (const model of models) await client.answer({ model, prompt: 'Hi', providerOptions: options })
    const users = (await house().requests(tag)).map(({ body }) => (body as { user?: string }).user)
    expect(users).toEqual(['by-name', 'by-name', 'by-driver'])
  })
})
