import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DriverEvent } from '../../../src/core/driver.ts'
import type { ProviderErrorKind } from '../../../src/core/provider-error.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { asking, EMBEDDERS, embedded, embedderAt, failureOf, textsOf } from './embed-with.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const REFUSALS: Readonly<Record<string, ProviderErrorKind>> = {
  '400': 'INVALID_REQUEST',
  '401': 'AUTHENTICATION',
  '402': 'BILLING',
  '404': 'NOT_FOUND',
  '429': 'RATE_LIMITED',
  '500': 'SERVER_ERROR',
  '503': 'OVERLOADED',
  'bad-key': 'AUTHENTICATION',
  context: 'CONTEXT_LENGTH',
  quota: 'BILLING',
  hangup: 'NETWORK',
  html: 'MALFORMED',
  empty: 'MALFORMED',
  cut: 'MALFORMED',
  reset: 'TRUNCATED',
}

describe.each(EMBEDDERS)('embeddings of the driver $name', ({ name, model, path, batch }) => {
  const embedder = () => embedderAt(name, simulator.url + path)
  const embed = (behaviour: string, changes: Parameters<typeof asking>[0] = {}) =>
    embedded(embedder(), asking({ model: model + behaviour, ...changes }))
  const vectorOf = async (text: string) => (await embed('', { texts: [text] })).vectors[0]

  it('brings a vector for each text, in order, with usage', async () => {
    const texts = ['a red apple', 'a green apple', 'the price of copper']
    const { vectors, usage, model: answered } = await embed('', { texts })
    expect(vectors).toEqual(await Promise.all(texts.map(vectorOf)))
    expect(new Set(vectors.map((vector) => vector.length)).size).toBe(1)
    expect(usage).toMatchObject({ inputTokens: 11, outputTokens: 0, estimated: false })
    expect(answered).toBe(name === 'google' ? null : model)
  })

  it('asks for as many dimensions as are wanted', async () => {
    const { vectors } = await embed('', { dimensions: 256 })
    expect(vectors.map((vector) => vector.length)).toEqual([256])
  })

  it(`cuts 5,000 texts into requests of ${batch}`, async () => {
    const texts = textsOf(5_000)
    const { vectors, batches, usage } = await embed('+tag=many', { texts, dimensions: 8 })
    expect(batches).toEqual([...Array(Math.floor(5_000 / batch)).fill(batch), 5_000 % batch].filter(Boolean))
    expect(new Set(vectors.map(String)).size).toBe(5_000)
    for (const at of [0, batch - 1, batch, 4_999]) {
      const alone = await embed('', { texts: texts.slice(at, at + 1), dimensions: 8 })
      expect(vectors[at]).toEqual(alone.vectors[0])
    }
    // Four characters a token, rounded up for each request.
    const requests = batches.map((size, index) => texts.slice(index * batch, index * batch + size).join('').length)
    expect(usage?.inputTokens).toBe(requests.reduce((sum, characters) => sum + Math.ceil(characters / 4), 0))
  })

  it('hands out what came before a request that fails, and its usage', async () => {
    const events: DriverEvent[] = []
    const request = asking({ model: `${model}+okx1+503+tag=${name}`, texts: textsOf(batch + 1), dimensions: 2 })
    const run = async () => {
      for await (const event of embedder().embed(request, new AbortController().signal)) events.push(event)
    }
    expect((await failureOf(run())).kind).toBe('OVERLOADED')
    expect(events.map(({ type }) => type)).toEqual(['start', 'vectors'])
    expect(events[1]).toMatchObject({ vectors: { length: batch }, usage: { estimated: false } })
  })

  it('reports no usage where the provider reports none', async () => {
    expect((await embed('+no-usage')).usage).toBeNull()
  })

  it.each(Object.entries(REFUSALS))('%s is %s', async (behaviour, kind) => {
    expect((await failureOf(embed(`+${behaviour}`))).kind).toBe(kind)
  })

  it('says how long to wait', async () => {
    expect(await failureOf(embed('+429-after=3'))).toMatchObject({ retryAfterMs: 3_000 })
  })

  it('passes options through', async () => {
    const options = name === 'google' ? { taskType: 'RETRIEVAL_QUERY' } : { user: 'somebody' }
    await embed('+tag=options', { texts: ['one', 'two'], options })
    const log = (await (await fetch(`${simulator.url}/_log`)).json()) as {
      model: string
      wire: string
      body: unknown
    }[]
    const body = log.find(
      (entry) => entry.model === `${model}+tag=options` && entry.wire.includes(name.slice(0, 6)),
    )?.body
    expect(body).toMatchObject(name === 'google' ? { requests: [options, options] } : options)
  })
})

it('knows which models have one length only', () => {
  const check = { texts: ['Hello'], dimensions: 256 }
  const paths = (driver: 'openai' | 'google', model: string) =>
    embedderAt(driver, simulator.url)
      .unsupported({ ...check, model })
      .map(({ path }) => path)
  expect(paths('openai', 'text-embedding-ada-002')).toEqual([['dimensions']])
  expect(paths('openai', 'text-embedding-3-large')).toEqual([])
  expect(paths('google', 'embedding-001')).toEqual([['dimensions']])
  expect(paths('google', 'gemini-embedding-001')).toEqual([])
})
