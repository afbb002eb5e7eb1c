import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WIRE_NAMES, type WireName } from '../../src/simulator/ask.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { CLIENTS, KEY, type Question } from './clients.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const TOOL = {
  name: 'get_weather',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['city', 'days'],
  },
}

const FINISHES = {
  'openai-chat': { plain: 'stop', length: 'length', tools: 'tool_calls', filtered: 'content_filter', refused: 'stop' },
  'openai-responses': {
    plain: 'completed',
    length: 'max_output_tokens',
    tools: 'completed',
    filtered: 'content_filter',
    refused: 'completed',
  },
  anthropic: { plain: 'end_turn', length: 'max_tokens', tools: 'tool_use', filtered: 'refusal', refused: 'refusal' },
  google: { plain: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', filtered: 'SAFETY', refused: 'PROHIBITED_CONTENT' },
} satisfies Record<WireName, Record<string, string>>

describe.each(WIRE_NAMES)('%s through its official SDK', (wire) => {
  /** Asks unary and streamed; both must say the same. */
  async function ask(question: Question) {
    const client = CLIENTS[wire](simulator.url, KEY)
    const [unary, streamed] = await Promise.all([client.unary(question), client.stream(question)])
    expect(streamed).toEqual(unary)
    return streamed
  }

  it('answers a question, with usage', async () => {
    const heard = await ask({ model: 'plain', prompt: 'What is the capital of France?' })
    expect(heard.text).toBe('The capital of France is Paris.')
    expect(heard.finish).toBe(FINISHES[wire].plain)
    expect(heard.input).toBeGreaterThanOrEqual(7)
    expect(heard.output).toBe(8)
    expect(heard.cached).toBe(0)
  })

  it('says exactly what it is told to', async () => {
    const text = 'Zwölf  große 🦊\n\n  and\ttwo "quotes" \\ '
    const heard = await ask({ model: 'plain', prompt: `Say exactly: ${text}` })
    expect(heard.text).toBe(text.trim())
  })

  it('echoes', async () => {
    expect((await ask({ model: 'plain+echo', prompt: 'one two  three' })).text).toBe('one two  three')
  })

  it('calls a tool with arguments that fit its schema', async () => {
    const heard = await ask({ model: 'plain', prompt: 'How will it be in Paris for 3 days?', tool: TOOL })
    expect(heard.tools).toEqual([{ name: 'get_weather', arguments: { city: 'Paris', days: 3, unit: 'celsius' } }])
    expect(heard.finish).toBe(FINISHES[wire].tools)
    expect(heard.text).toBe('')
  })

  it('answers with JSON that fits a schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        name: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' } },
        age: { type: 'integer' },
      },
      required: ['name', 'age'],
    }
    const heard = await ask({ model: 'plain', prompt: 'Describe "Ada", aged 36', schema })
    const value = JSON.parse(heard.text)
    expect(value).toEqual({ name: 'Ada', tags: ['example'], age: 36 })
    expect(new Ajv().validate(schema, value)).toBe(true)
  })

  it('thinks where asked to', async () => {
    const heard = await ask({ model: 'plain', prompt: 'What is 6 * 7?', thinks: true })
    const plain = await ask({ model: 'plain', prompt: 'What is 6 * 7?' })
    expect(heard.text).toBe('6 * 7 = 42')
    expect(heard.output).toBeGreaterThan(plain.output)
    expect(heard.reasoning === '').toBe(wire === 'openai-chat')
  })

  it('ends at the most tokens allowed', async () => {
    const heard = await ask({ model: 'plain+words=100', prompt: 'Go on', maxTokens: 5 })
    expect(heard.text).toHaveLength(20)
    expect(heard.output).toBe(5)
    expect(heard.finish).toBe(FINISHES[wire].length)
  })

  it('counts cached input', async () => {
    const heard = await ask({ model: 'plain+cached', prompt: 'x'.repeat(400) })
    expect(heard.cached).toBeGreaterThan(70)
    expect(heard.cached).toBeLessThan(heard.input)
  })

  it('is filtered and refuses', async () => {
    expect((await ask({ model: 'plain+filtered', prompt: 'Hello' })).finish).toBe(FINISHES[wire].filtered)
    expect((await ask({ model: 'plain+refused', prompt: 'Hello' })).finish).toBe(FINISHES[wire].refused)
  })

  it('sends a fast lane of equal chunks', async () => {
    const heard = await CLIENTS[wire](simulator.url, KEY).stream({ model: 'plain+fast=50+size=12', prompt: 'Hello' })
    expect(heard.text.length).toBe(50 * 12)
  })
})

// Anthropic's SDK takes usage for granted and throws without.
describe.each(WIRE_NAMES.filter((wire) => wire !== 'anthropic'))('%s', (wire) => {
  it('tells no usage where told not to', async () => {
    const client = CLIENTS[wire](simulator.url, KEY)
    const question = { model: 'plain+no-usage', prompt: 'Hello' }
    expect(await client.unary(question)).toMatchObject({ input: 0, output: 0 })
    expect(await client.stream(question)).toMatchObject({ input: 0, output: 0 })
  })
})
