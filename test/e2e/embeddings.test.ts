import { describe, expect, it } from 'vitest'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { eventually } from './client.ts'
import { embed, embedRefusal, textsOf, vectorsOf } from './embeddings.ts'
import { describeHouse, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { key, priced, provider } from './settings.ts'

/** A model of each way to vectors, with what a token costs by the price list, in picodollars. */
const EMBEDDERS = [
  { model: 'openai/text-embedding-3-small', perToken: 20_000n, batch: 2_048, length: 1_536 },
  { model: 'compatible/text-embedding-3-large', perToken: 130_000n, batch: 32, length: 3_072 },
  { model: 'google/gemini-embedding-001', perToken: 150_000n, batch: 100, length: 3_072 },
] as const

const TEXTS = ['a red apple', 'a green apple', 'the price of copper'] as const

describeHouse('embeddings', { random: () => 0 }, (house) => {
  describe.each(EMBEDDERS)('of $model', ({ model, perToken, batch, length }) => {
    it('come in the order of the texts, and are in the ledger to the last digit', async () => {
      const client = await house().client()
      const input = { model, texts: TEXTS, tags: [{ key: 'job', value: 'search' }], endUser: 'user-1' }
      const answer = await vectorsOf(client, input)
      const alone = await Promise.all(TEXTS.map((text) => vectorsOf(client, { model, texts: [text] })))
      expect(answer.vectors).toEqual(alone.map(({ vectors }) => vectors[0]))
      expect(answer.vectors.map((vector) => vector.length)).toEqual([length, length, length])
      const [apple = [], other = [], copper = []] = answer.vectors
      expect(similarity(apple, other)).toBeGreaterThan(similarity(apple, copper))

      const { usage, cost, attempts, latency, callId } = answer
      expect(usage).toMatchObject({ inputTokens: 11, outputTokens: 0, estimated: false })
      expect(picodollars(cost.totalUsd)).toBe(11n * perToken)
      expect(cost).toMatchObject({ priced: true, outputUsd: '0', wastedUsd: '0', inputUsd: cost.totalUsd })
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['SUCCEEDED'])
      expect(latency.firstTokenMs).toBeGreaterThan(0)

      const row = await client.call(callId)
      expect(row).toMatchObject({ status: 'SUCCEEDED', requestedModel: model, endUser: 'user-1', tags: input.tags })
      expect(row).toMatchObject({ usage, cost, attempts, latency, provider: answer.provider, model: answer.model })
      const range = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' }
      const { total } = await client.usage({ range })
      expect(total).toMatchObject({ calls: 4, succeeded: 4, inputTokens: 11 + 3 + 4 + 5, outputTokens: 0 })
      expect(picodollars(total.costUsd)).toBe(BigInt(total.inputTokens) * perToken)
    })

    it('have as many dimensions as are wanted', async () => {
      const { vectors } = await vectorsOf(await house().client(), { model, texts: TEXTS, dimensions: 64 })
      expect(vectors.map((vector) => vector.length)).toEqual([64, 64, 64])
    })

    it("of 2,048 texts come in one attempt, in as many requests as the provider's limits need", async () => {
      const tag = newTag()
      const client = await house().client()
      const input = { model: `${model}+tag=${tag}`, texts: textsOf(2_048), dimensions: 4 }
      const { vectors, attempts, usage } = await vectorsOf(client, input)
      const requests = await house().requestsOver(tag)
      expect(requests).toHaveLength(Math.ceil(2_048 / batch))
      expect(attempts).toHaveLength(1)
      expect(new Set(vectors.map(String)).size).toBe(2_048)
      const last = await vectorsOf(client, { ...input, texts: input.texts.slice(-1) })
      expect(vectors.at(-1)).toEqual(last.vectors[0])
      expect(usage.inputTokens).toBeGreaterThanOrEqual(Math.ceil(input.texts.join('').length / 4))
    })
  })

  it('count their tokens here where the provider tells none', async () => {
    const answer = await vectorsOf(await house().client(), {
      model: 'openai/text-embedding-3-small+no-usage',
      texts: TEXTS,
    })
    expect(answer.usage).toMatchObject({ inputTokens: 12, outputTokens: 0, estimated: true })
    expect(picodollars(answer.cost.totalUsd)).toBe(12n * 20_000n)
  })

  it('say what is wrong with a request, all at once, and leave no row', async () => {
    const client = await house().client()
    const refusal = await embedRefusal(client, {
      model: 'openai/text-embedding-3-small',
      texts: ['fine', ' ', ''],
      dimensions: 0,
      endUser: '',
      routing: { fallbacks: ['nowhere'] },
    })
    expect(refusal.__typename).toBe('InvalidRequestError')
    const paths = ['texts.1', 'texts.2', 'dimensions', 'endUser', 'routing.fallbacks.0']
    expect(refusal.issues?.map(({ path }) => path.join('.'))).toEqual(paths)
    for (const texts of [[], textsOf(2_049)]) {
      const { issues } = await embedRefusal(client, { model: 'openai/text-embedding-3-small', texts })
      expect(issues?.map(({ path }) => path)).toEqual([['texts']])
    }
    expect((await client.calls()).edges).toEqual([])
  })

  it('are refused where the provider has none, or no such dimensions', async () => {
    const client = await house().client()
    const paths = async (input: Parameters<typeof embed>[1]) =>
      (await embedRefusal(client, input)).issues?.map(({ path }) => path)
    expect(await paths({ model: 'anthropic/claude-haiku-4-5', texts: TEXTS })).toEqual([['model']])
    const fixed = { model: 'openai/text-embedding-ada-002', texts: TEXTS }
    expect(await paths({ ...fixed, dimensions: 256 })).toEqual([['dimensions']])
    expect((await vectorsOf(client, fixed)).vectors).toHaveLength(3)
    const tooMany = { model: 'google/gemini-embedding-001', texts: TEXTS, dimensions: 5_000 }
    expect((await embedRefusal(client, tooMany)).__typename).toBe('InvalidRequestError')
  })

  it('need a key with the scope', async () => {
    const reader = await house().client({ scopes: ['read'] })
    const refusal = await embedRefusal(reader, { model: 'openai/text-embedding-3-small', texts: TEXTS })
    expect(refusal.__typename).toBe('NotAuthorizedError')
  })

  it('go to another model only where the caller names it, and then all of them', async () => {
    const client = await house().client()
    const down = `openai/text-embedding-3-small+503+tag=${newTag()}`
    const refusal = await embedRefusal(client, { model: down, texts: TEXTS })
    expect(refusal.__typename).toBe('AllAttemptsFailedError')
    expect(refusal.attempts?.map(({ errorKind }) => errorKind)).toEqual(['OVERLOADED', 'OVERLOADED'])

    const fallback = 'google/gemini-embedding-001'
    const model = `openai/text-embedding-3-small+okx1+503+tag=${newTag()}`
    // Together more than one request may hold: the first succeeds, the second fails.
    const texts = Array.from({ length: 20 }, (_, index) => `${index} ${'word '.repeat(8_000)}`.slice(0, 32_000))
    const {
      vectors,
      provider: answered,
      attempts,
    } = await vectorsOf(client, {
      model,
      texts,
      routing: { fallbacks: [fallback] },
    })
    expect(answered).toBe('google')
    expect(vectors.map((vector) => vector.length)).toEqual(texts.map(() => 3_072))
    expect(attempts.map((attempt) => attempt.provider)).toEqual(['openai', 'openai', 'google'])
    const { vectors: direct } = await vectorsOf(client, { model: fallback, texts })
    expect(vectors).toEqual(direct)
  })

  it('stop at the provider when their client goes away, and what was done is settled', async () => {
    const tag = newTag()
    const client = await house().client()
    const abort = new AbortController()
    const model = `google/gemini-embedding-001+okx1+silent+tag=${tag}`
    const pending = embed(client, { model, texts: textsOf(101) }, abort.signal)
    pending.catch(() => undefined)
    await eventually(async () => ((await house().requests(tag)).length === 2 ? true : null))
    abort.abort()
    const [, second] = await house().requestsOver(tag)
    expect(second?.clientClosedAfterMs).not.toBeNull()
    const row = await eventually(async () => {
      const [edge] = (await client.calls()).edges
      return edge && edge.node.status !== 'RUNNING' ? edge.node : null
    })
    expect(row).toMatchObject({ status: 'CANCELLED', provider: 'google' })
    expect(row.attempts).toMatchObject([{ outcome: 'CANCELLED', usage: { estimated: false, outputTokens: 0 } }])
    expect(row.usage.inputTokens).toBeGreaterThan(300)
  })

  it('are asked again where the provider is silent', async () => {
    const model = `openai/text-embedding-3-small+silentx1+tag=${newTag()}`
    const refusal = await embedRefusal(await house().client(), {
      model,
      texts: TEXTS,
      routing: { firstTokenTimeoutMs: 100 },
    })
    expect(refusal.attempts).toMatchObject([{ outcome: 'TIMED_OUT', errorKind: 'FIRST_TOKEN_TIMEOUT' }])
    const { attempts } = await vectorsOf(await house().client(), {
      model: `openai/text-embedding-3-small+silentx1+tag=${newTag()}`,
      texts: TEXTS,
      routing: { firstTokenTimeoutMs: 100, fallbacks: ['openai/text-embedding-3-small'] },
    })
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['TIMED_OUT', 'SUCCEEDED'])
  })

  it('reserve their input only, and are refused where it overruns a quota', async () => {
    const project = `quota-${newTag()}`
    const client = await house().client({ project })
    const [row] = await house().database.sql<{ id: string }[]>`select id from project where name = ${project}`
    const projectId = row?.id ?? ''
    await setQuota(house().database, {
      projectId,
      scope: { type: 'project' },
      unit: 'TOKENS',
      window: 'DAY',
      limit: 100n,
    })
    const model = 'openai/text-embedding-3-small'
    await eventually(async () =>
      (await embed(client, { model, texts: ['word '.repeat(1_000)] })).__typename === 'QuotaExceededError'
        ? true
        : null,
    )
    // No answer is reserved beside it: that alone would be thousands.
    expect((await vectorsOf(client, { model, texts: TEXTS })).usage.inputTokens).toBe(11)
  })

  it('keep a bound on their cost', async () => {
    const client = await house().client()
    const input = { model: 'openai/text-embedding-3-small', texts: ['word '.repeat(1_000)] }
    expect((await embedRefusal(client, { ...input, routing: { maxCostUsd: '0.000001' } })).__typename).toBe(
      'NoCandidateError',
    )
    expect((await vectorsOf(client, { ...input, routing: { maxCostUsd: '0.001' } })).vectors).toHaveLength(1)
  })

  it('can be watched while they are made', async () => {
    const client = await house().client()
    const model = `openai/text-embedding-3-small+headers=500+tag=${newTag()}`
    const pending = vectorsOf(client, { model, texts: TEXTS })
    const id = await eventually(async () => (await client.calls()).edges[0]?.node.id ?? null)
    const events = await (await client.callEvents(id)).all()
    expect(events.map(({ __typename }) => String(__typename))).toEqual([
      'CompletionStarted',
      'AttemptStarted',
      'EmbeddingFinished',
    ])
    expect((await pending).callId).toBe(id)
  })
})

const FAULTY = 'google/gemini-embedding-001+okx1+503x1'
const TIRED = 'pool/text-embedding-3-small'

describeHouse(
  'embeddings that fail half-way',
  {
    random: () => 0,
    config: (url) => ({
      models: priced(FAULTY),
      providers: provider('pool', url, { pricedAs: 'openai', apiKeys: [key('INVALID'), key('GOOD')] }),
    }),
  },
  (house) => {
    it('start over without doubling or losing a vector, and the ledger has what both attempts cost', async () => {
      const client = await house().client()
      const texts = textsOf(150)
      const { vectors, attempts, usage, cost, callId } = await vectorsOf(client, { model: FAULTY, texts })
      const whole = await vectorsOf(client, { model: 'google/gemini-embedding-001', texts })
      expect(vectors).toEqual(whole.vectors)
      expect(attempts.map(({ outcome, errorKind }) => [outcome, errorKind])).toEqual([
        ['FAILED', 'OVERLOADED'],
        ['SUCCEEDED', null],
      ])
      // The first attempt paid for its hundred texts, by the provider's own count.
      const first = attempts[0]?.usage
      expect(first).toMatchObject({ inputTokens: Math.ceil(texts.slice(0, 100).join('').length / 4), estimated: false })
      expect(usage).toEqual(whole.usage)
      expect(picodollars(cost.wastedUsd)).toBe(BigInt(first?.inputTokens ?? 0) * 150_000n)
      expect(picodollars(cost.totalUsd)).toBe(sumOf(attempts.map(({ costUsd }) => costUsd)))
      expect(await client.call(callId)).toMatchObject({ attempts, cost })
    })

    it('go on with the next key of the pool', async () => {
      const { attempts } = await vectorsOf(await house().client(), { model: TIRED, texts: TEXTS })
      expect(attempts.map(({ outcome, errorKind }) => [outcome, errorKind])).toEqual([
        ['FAILED', 'AUTHENTICATION'],
        ['SUCCEEDED', null],
      ])
    })
  },
)

function similarity(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}
