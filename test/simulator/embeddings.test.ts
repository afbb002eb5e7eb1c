import { GoogleGenerativeAI } from '@google/generative-ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const openAi = () => new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: 'sk-test-0123456789', maxRetries: 0 })
const gemini = (model = 'gemini-embedding-001') =>
  new GoogleGenerativeAI('test-0123456789').getGenerativeModel({ model }, { baseUrl: `${simulator.url}/google` })

const TEXTS = ['a red apple', 'a green apple', 'the price of copper']
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)

describe("OpenAI's embeddings", () => {
  it('are read by the official SDK, which asks for base64, as they are without it', async () => {
    const model = 'text-embedding-3-small'
    const { data, usage, model: answered } = await openAi().embeddings.create({ model, input: TEXTS })
    const plain = await openAi().embeddings.create({ model, input: TEXTS, encoding_format: 'float' })
    expect(data.map(({ index, embedding }) => [index, embedding.length])).toEqual([0, 1, 2].map((at) => [at, 1_536]))
    data.forEach(({ embedding }, at) => {
      expect(dot(embedding, embedding)).toBeCloseTo(1, 5)
      expect(dot(embedding, plain.data[at]?.embedding ?? [])).toBeCloseTo(1, 5)
    })
    expect({ usage, answered }).toEqual({ usage: { prompt_tokens: 11, total_tokens: 11 }, answered: model })
  })

  it('lie closer together where texts have words in common', async () => {
    const { data } = await openAi().embeddings.create({ model: 'text-embedding-3-small', input: TEXTS })
    const [red = [], green = [], copper = []] = data.map(({ embedding }) => embedding)
    expect(dot(red, green)).toBeGreaterThan(0.5)
    expect(Math.abs(dot(red, copper))).toBeLessThan(0.2)
  })

  it('are as short as asked: the beginning of the whole, with a length of 1 again', async () => {
    const ask = async (dimensions?: number) => {
      const sized = dimensions === undefined ? {} : { dimensions }
      const { data } = await openAi().embeddings.create({ model: 'text-embedding-3-large', input: 'One', ...sized })
      return data[0]?.embedding ?? []
    }
    const [whole, short] = await Promise.all([ask(), ask(256)])
    expect([whole.length, short.length]).toEqual([3_072, 256])
    const norm = Math.sqrt(dot(whole.slice(0, 256), whole))
    expect(dot(short, whole) / norm).toBeCloseTo(1, 5)
  })

  it.each([
    ['too many texts', { input: Array(2_049).fill('a') }],
    ['too many tokens', { input: Array(300).fill('a'.repeat(5_000)) }],
    ['a text too long', { input: 'a'.repeat(40_000) }],
    ['an empty text', { input: ['a', ''] }],
    ['too many dimensions', { input: 'a', dimensions: 2_000 }],
    ['dimensions of an old model', { input: 'a', model: 'text-embedding-ada-002', dimensions: 256 }],
  ])('are refused: %s', async (_title, body) => {
    const asked = openAi().embeddings.create({ model: 'text-embedding-3-small', ...body })
    await expect(asked).rejects.toMatchObject({ status: 400 })
  })
})

describe("Gemini's embeddings", () => {
  it('are the same one by one and in a batch', async () => {
    const one = await gemini().embedContent(TEXTS[0] ?? '')
    const requests = TEXTS.map((text) => ({ content: { role: 'user', parts: [{ text }] } }))
    const { embeddings } = await gemini().batchEmbedContents({ requests })
    expect(embeddings).toHaveLength(3)
    expect(embeddings[0]).toEqual(one.embedding)
    expect(one.embedding.values).toHaveLength(3_072)
  })

  it('are refused in batches that are too large', async () => {
    const requests = Array.from({ length: 101 }, () => ({ content: { role: 'user', parts: [{ text: 'a' }] } }))
    await expect(gemini().batchEmbedContents({ requests })).rejects.toMatchObject({ status: 400 })
  })

  it('fail as their model name says', async () => {
    await expect(gemini('gemini-embedding-001+503').embedContent('a')).rejects.toMatchObject({ status: 503 })
    await expect(gemini('gemini-embedding-001+blocked').embedContent('a')).rejects.toMatchObject({ status: 400 })
  })
})
