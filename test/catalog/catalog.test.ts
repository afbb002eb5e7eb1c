import { describe, expect, it } from 'vitest'
import { attemptPrice } from '../../src/catalog/attempt-price.ts'
import { createCatalog } from '../../src/catalog/catalog.ts'
import { costOf } from '../../src/core/catalog.ts'
import { totalOf } from '../../src/core/cost.ts'
import { formatUsd } from '../../src/core/money.ts'
import type { UnitPrices } from '../../src/core/price.ts'
import { modelId, parseModelId } from '../../src/core/routing.ts'
import { NO_USAGE, type TokenUsage } from '../../src/core/usage.ts'
import { declared, provider } from './settings.ts'

const NOON = Date.UTC(2026, 8, 1, 12)
const OWN: UnitPrices = { input: 1n, cachedInput: 2n, cacheWrite: 3n, cacheWriteHour: 4n, output: 5n }

const NAMES = ['openai', 'anthropic', 'google', 'azure', 'groq', 'mistral', 'deepseek', 'xai', 'together', 'openrouter']
const catalog = createCatalog({ providers: NAMES.map((name) => provider(name)), models: [] })

function used(given: Partial<TokenUsage>): TokenUsage {
  return { ...NO_USAGE, ...given }
}

function units(id: string, usage: Partial<TokenUsage> = { inputTokens: 1000, outputTokens: 100 }, at = NOON) {
  const ref = parseModelId(id)
  return ref === null ? null : (catalog.price(ref, used(usage), at)?.units ?? null)
}

describe('prices of the list', () => {
  it('are exact picodollars per token', () => {
    expect(units('openai/gpt-5-mini')).toEqual({
      input: 250_000n,
      cachedInput: 25_000n,
      cacheWrite: 250_000n,
      cacheWriteHour: 250_000n,
      output: 2_000_000n,
    })
  })

  it('know one-hour cache writes apart from others', () => {
    const prices = units('anthropic/claude-haiku-4-5')
    expect(prices).toMatchObject({ input: 1_000_000n, cacheWrite: 1_250_000n, cacheWriteHour: 2_000_000n })
  })

  it.each([
    ['openai/gpt-5-mini-2025-08-07', 'openai/gpt-5-mini'],
    ['openai/GPT-5-mini', 'openai/gpt-5-mini'],
    ['anthropic/claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
    ['google/models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['google/publishers/google/models/gemini-2.5-pro', 'google/gemini-2.5-pro'],
    ['azure/gpt-4o-2024-08-06', 'openai/gpt-4o'],
    ['openrouter/openai/gpt-5-mini-2025-08-07', 'openai/gpt-5-mini'],
  ])('hold for %s as for %s', (answered, listed) => {
    expect(units(answered)).not.toBeNull()
    expect(units(answered)).toEqual(units(listed))
  })

  it.each([
    'groq/llama-3.3-70b-versatile',
    'mistral/mistral-large-latest',
    'deepseek/deepseek-chat',
    'xai/grok-4',
    'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
  ])('know %s', (id) => {
    expect(units(id)?.input).toBeGreaterThan(0n)
  })

  it('rise with the size of the whole input', () => {
    const small = units('google/gemini-2.5-pro', { inputTokens: 200_000, outputTokens: 1 })
    const large = units('google/gemini-2.5-pro', { inputTokens: 200_001, outputTokens: 1 })
    expect(small).toMatchObject({ input: 1_250_000n, output: 10_000_000n })
    expect(large).toMatchObject({ input: 2_500_000n, output: 15_000_000n })
  })

  it('follow the time of day and the date', () => {
    const usage = { inputTokens: 10, outputTokens: 10 }
    const night = units('deepseek/deepseek-reasoner', usage, Date.UTC(2026, 8, 1, 20))
    const day = units('deepseek/deepseek-reasoner', usage, Date.UTC(2026, 8, 1, 12))
    expect(day?.output).toBeGreaterThan(night?.output ?? 0n)
    const before = units('openai/o3', usage, Date.UTC(2025, 5, 9))
    const after = units('openai/o3', usage, Date.UTC(2025, 5, 11))
    expect(before?.input).toBeGreaterThan(after?.input ?? 0n)
  })

  it('are zero where the list says that a model is free', () => {
    expect(units('openrouter/deepseek/deepseek-r1:free')).toMatchObject({ input: 0n, output: 0n })
  })

  it.each([
    ['openai/text-embedding-3-small', '20000'],
    ['openai/text-embedding-3-large', '130000'],
    ['google/gemini-embedding-001', '150000'],
  ])('know the embedding model %s, also where it is shown', (id, input) => {
    const [provider = '', model = ''] = id.split('/')
    expect(units(id, { inputTokens: 1_000 })).toMatchObject({ input: BigInt(input), output: 0n })
    expect(catalog.model({ provider, model }).price).toMatchObject({ input: BigInt(input) })
  })

  it('name the list and its version', () => {
    const price = catalog.price({ provider: 'openai', model: 'gpt-5-mini' }, NO_USAGE, NOON)
    expect(price?.source).toBe('catalogue')
    expect(price?.model).toBe('openai/gpt-5-mini')
    expect(price?.version).toMatch(/^@pydantic\/genai-prices@\d+\.\d+\.\d+$/)
  })

  it('make costs that are exact decimals', () => {
    const usage = used({
      inputTokens: 10_000,
      cachedInputTokens: 3_000,
      cacheWriteTokens: 2_000,
      cacheWriteHourTokens: 500,
      outputTokens: 7,
    })
    const price = catalog.price({ provider: 'anthropic', model: 'claude-haiku-4-5' }, usage, NOON)
    expect(price && formatUsd(totalOf(costOf(usage, price)))).toBe('0.00821')
  })
})

describe('what is unpriced', () => {
  it('is a model that the list does not know', () => {
    expect(units('openai/gpt-99')).toBeNull()
  })

  it('is a provider that is not configured', () => {
    expect(units('cohere/command-r')).toBeNull()
  })

  it.each(['my-vllm', 'my-openai-compatible', 'google-like', 'ollama', 'anthropic2'])('is any model of %s', (name) => {
    const own = createCatalog({ providers: [provider(name, { baseUrl: 'http://127.0.0.1:8000/v1' })], models: [] })
    for (const model of ['llama-3', 'gpt-5-mini', 'claude-haiku-4-5', 'gemini-2.5-flash']) {
      expect(own.price({ provider: name, model }, NO_USAGE, NOON)).toBeNull()
      expect(own.model({ provider: name, model })).toEqual({
        provider: name,
        model,
        contextWindow: null,
        maxOutputTokens: null,
        abilities: { vision: null, tools: null, jsonSchema: null },
        region: null,
        dataPolicy: null,
        price: null,
      })
    }
    expect(own.models()).toEqual([])
  })

  it('is a model whose output was used and has no price', () => {
    expect(units('azure/davinci')).toBeNull()
    expect(units('azure/davinci', { inputTokens: 10 })).not.toBeNull()
  })
})

describe('the provider in the list', () => {
  const model = 'gpt-5-mini'

  it('is the one that pricedAs names, before all else', () => {
    const gateway = provider('gateway', { pricedAs: 'OpenAI', baseUrl: 'http://127.0.0.1:1/v1' })
    const wrong = provider('openai', { pricedAs: 'nobody' })
    const own = createCatalog({ providers: [gateway, wrong], models: [] })
    expect(own.price({ provider: 'gateway', model }, NO_USAGE, NOON)).not.toBeNull()
    expect(own.price({ provider: 'openai', model }, NO_USAGE, NOON)).toBeNull()
  })

  it('is the one whose base URL it is', () => {
    const quick = provider('quick', { baseUrl: 'https://api.groq.com/openai/v1' })
    const own = createCatalog({ providers: [quick], models: [] })
    expect(own.price({ provider: 'quick', model: 'llama-3.3-70b-versatile' }, NO_USAGE, NOON)).not.toBeNull()
  })

  it("is the driver's own where nothing else is said", () => {
    const home = provider('main', { driver: 'openai' })
    const elsewhere = provider('other', { driver: 'openai', baseUrl: 'http://127.0.0.1:1/v1' })
    const own = createCatalog({ providers: [home, elsewhere], models: [] })
    expect(own.price({ provider: 'main', model }, NO_USAGE, NOON)).not.toBeNull()
    expect(own.price({ provider: 'other', model }, NO_USAGE, NOON)).toBeNull()
  })
})

describe('configuration', () => {
  const own = createCatalog({
    providers: [provider('openai'), provider('my-vllm')],
    models: [
      declared('openai/gpt-5-mini', { price: OWN, maxOutputTokens: 1000 }),
      declared('openai/gpt-5', { contextWindow: 10 }),
      declared('my-vllm/llama-3', { contextWindow: 8192, maxOutputTokens: 512 }),
      declared('gone/model', { price: OWN }),
    ],
  })

  it('wins over the list', () => {
    expect(own.price({ provider: 'openai', model: 'gpt-5-mini' }, NO_USAGE, NOON)).toEqual({
      source: 'configuration',
      version: 'configuration',
      model: 'openai/gpt-5-mini',
      units: OWN,
    })
    expect(own.model({ provider: 'openai', model: 'gpt-5-mini' })).toMatchObject({
      contextWindow: 400_000,
      maxOutputTokens: 1000,
    })
    expect(own.model({ provider: 'openai', model: 'gpt-5' })).toMatchObject({
      contextWindow: 10,
      maxOutputTokens: null,
    })
  })

  it('lists declared and listed models for text and vectors of configured providers, sorted and once', () => {
    const ids = own.models().map(modelId)
    expect(ids).toEqual([...new Set(ids)].sort())
    expect(ids).toContain('my-vllm/llama-3')
    expect(ids).toContain('openai/gpt-5-mini')
    expect(ids.length).toBeGreaterThan(30)
    expect(ids).toContain('openai/text-embedding-3-small')
    expect(ids.filter((id) => /gone|whisper|tts|dall-e/.test(id))).toEqual([])
  })

  it('prices a service tier by its own prices alone: without them it is unpriced, never at the usual price', () => {
    const usage = used({ inputTokens: 1, outputTokens: 1 })
    const tiered = createCatalog({
      providers: [provider('openai')],
      models: [declared('openai/gpt-5', { tierPrices: { flex: OWN } })],
    })
    const priceOf = (model: string, tier: string | null) =>
      attemptPrice(tiered, { provider: 'openai', model }, `${model}-2025-08-07`, usage, NOON, tier)
    expect(priceOf('gpt-5', 'flex')).toEqual({
      source: 'configuration',
      version: 'configuration',
      model: 'openai/gpt-5',
      units: OWN,
    })
    expect(priceOf('gpt-5', 'priority')).toBeNull()
    expect(priceOf('gpt-5', null)?.source).toBe('catalogue')
    expect(priceOf('gpt-5-mini', 'flex')).toBeNull()
  })

  it('prices an attempt by the declared model, else by the one that answered, else as an edition of the one asked', () => {
    const usage = used({ inputTokens: 1, outputTokens: 1 })
    const at = (model: string, answered: string | null) =>
      attemptPrice(own, { provider: 'openai', model }, answered, usage, NOON)?.units.input
    expect(at('gpt-5-mini', 'gpt-5-mini-2025-08-07')).toBe(OWN.input)
    expect(at('gpt-5', 'gpt-5-nano-2025-08-07')).toBe(50_000n)
    expect(at('gpt-5', 'gpt-99')).toBeUndefined()
    expect(at('gpt-5', null)).toBe(1_250_000n)
    expect(at('gpt-98', 'gpt-99')).toBeUndefined()
    const xai = attemptPrice(catalog, { provider: 'xai', model: 'grok-3-mini' }, 'grok-3-mini-high', usage, NOON)
    expect(xai?.units).toEqual(units('xai/grok-3-mini'))
  })
})
