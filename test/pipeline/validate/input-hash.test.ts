import { describe, expect, it } from 'vitest'
import type { CompletionInput } from '../../../src/core/completion-input.ts'
import { inputHash } from '../../../src/pipeline/validate/input-hash.ts'

const input: CompletionInput = {
  model: 'chat',
  messages: [{ user: [{ text: 'Hello' }] }],
  tools: [{ name: 'weather', parameters: { type: 'object', properties: { a: { default: null } } } }],
}

describe('inputHash', () => {
  it('is a SHA-256 in hexadecimal', () => {
    expect(inputHash(input)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('does not depend on the order of keys', () => {
    const { model, messages, tools } = input

    expect(inputHash({ tools, messages, model })).toBe(inputHash(input))
  })

  it('takes null and absent for the same, and leaves the idempotency key out', () => {
    const same: CompletionInput = { ...input, temperature: null, routing: undefined, idempotencyKey: 'k-1' }

    expect(inputHash(same)).toBe(inputHash(input))
  })

  it.each<[string, Partial<CompletionInput>]>([
    ['the model', { model: 'auto' }],
    ['a message', { messages: [{ user: [{ text: 'hello' }] }] }],
    ['a number', { temperature: 0 }],
    ['a tag', { tags: [{ key: 'a', value: 'b' }] }],
    [
      "a null within a caller's JSON",
      { tools: [{ name: 'weather', parameters: { type: 'object', properties: { a: {} } } }] },
    ],
    ['options', { providerOptions: { openai: { store: null } } }],
  ])('depends on %s', (_name, fields) => {
    expect(inputHash({ ...input, ...fields })).not.toBe(inputHash(input))
  })

  it('tells the order of a list', () => {
    expect(inputHash({ ...input, stop: ['a', 'b'] })).not.toBe(inputHash({ ...input, stop: ['b', 'a'] }))
  })
})
