import { describe, expect, it } from 'vitest'
import { countTokens } from '../../src/catalog/count-tokens.ts'
import { estimateInputTokens } from '../../src/catalog/estimate-tokens.ts'
import { mostInputTokens } from '../../src/catalog/most-tokens.ts'
import type { Conversation } from '../../src/core/conversation.ts'

function asking(text: string): Conversation {
  return {
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    tools: [],
    toolChoice: null,
    output: { type: 'text' },
    sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
    reasoning: null,
  }
}

describe('the most input tokens', () => {
  it.each([
    ['English', 'The ferry left the harbour late. '.repeat(50)],
    ['digits', '3141592653589793'.repeat(50)],
    ['emoji', '🫠👩‍👩‍👧‍👦🏴‍☠️'.repeat(50)],
    ['Amharic', 'ሰላም ለዓለም እንዴት ነህ '.repeat(50)],
    ['rare ideographs', '龘靐齉爩'.repeat(50)],
    ['noise', Array.from({ length: 500 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 94))).join('')],
  ])('are never fewer than a tokenizer counts, also of %s', async (_, text) => {
    const most = mostInputTokens(asking(text))
    for (const model of ['gpt-4o', 'gpt-4', 'gpt-3.5-turbo']) {
      expect(most).toBeGreaterThanOrEqual(await countTokens(text, model))
    }
    expect(most).toBeGreaterThan(estimateInputTokens(asking(text)))
  })

  it('grow with tools and files', () => {
    const plain = asking('Hi')
    const tools = [{ name: 'weather', description: 'Looks out of the window.', parameters: {}, strict: null }]
    expect(mostInputTokens({ ...plain, tools })).toBeGreaterThan(mostInputTokens(plain) + 1_000)
    const part = { type: 'file' as const, mediaType: 'text/plain', data: 'A'.repeat(4_000), name: null }
    const file: Conversation = { ...plain, messages: [{ role: 'user', parts: [part] }] }
    expect(mostInputTokens(file)).toBeGreaterThanOrEqual(3_000)
  })
})
