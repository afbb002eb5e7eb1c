import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { KEY } from './clients.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

async function goneOn(model: string, begun: string, more: object = {}): Promise<string> {
  const client = new Anthropic({ baseURL: `${simulator.url}/anthropic`, apiKey: KEY, maxRetries: 0 })
  const { content } = await client.messages.create({
    model,
    max_tokens: 2_000,
    messages: [
      { role: 'user', content: 'Say exactly: One two three four.' },
      { role: 'assistant', content: begun },
    ],
    ...more,
  })
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

describe('the beginning of an answer', () => {
  it.each([
    ['claude-haiku-4-5', 'One two', ' three four.'],
    ['claude-haiku-4-5', 'One tw', 'o three four.'],
    ['claude-haiku-4-5', 'Sure:', 'One two three four.'],
    ['claude-haiku-4-5+repeats=1', 'One two', 'two three four.'],
    ['claude-haiku-4-5+repeats', 'One two', 'One two three four.'],
  ])('is gone on from by %s: %s', async (model, begun, text) => {
    expect(await goneOn(model, begun)).toBe(text)
  })

  it.each([
    ['claude-haiku-4-5', 'One ', {}, /cannot end with trailing whitespace/],
    ['claude-opus-4-6', 'One', {}, /does not support assistant message prefill/],
    ['claude-haiku-4-5', 'One', { thinking: { type: 'enabled', budget_tokens: 1_024 } }, /`thinking` is enabled/],
  ])('is refused by %s: "%s" with %j', async (model, begun, more, message) => {
    await expect(goneOn(model, begun, more)).rejects.toThrow(message)
  })

  it('is repeated where it has a `prefix`, and passed over without', async () => {
    const client = new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: KEY, maxRetries: 0 })
    const ask = async (prefix: object) => {
      const { choices } = await client.chat.completions.create({
        model: 'mistral-small-latest',
        messages: [
          { role: 'user', content: 'Say exactly: One two three four.' },
          { role: 'assistant', content: 'Well, one', ...prefix },
        ],
      })
      return choices[0]?.message.content
    }
    expect(await ask({ prefix: true })).toBe('Well, oneOne two three four.')
    expect(await ask({})).toBe('One two three four.')
  })

  it('may come in chunks with the space behind each word', async () => {
    const client = new OpenAI({ baseURL: `${simulator.url}/openai/v1`, apiKey: KEY, maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Say exactly: One two  three' }]
    const stream = await client.chat.completions.create({ model: 'm+space-behind', messages, stream: true })
    const chunks: string[] = []
    for await (const { choices } of stream) chunks.push(choices[0]?.delta.content ?? '')
    expect(chunks.filter((chunk) => chunk !== '')).toEqual(['One ', 'two  ', 'three'])
  })
})
