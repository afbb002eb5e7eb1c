import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Conversation, Message } from '../../src/core/conversation.ts'
import type { DriverName } from '../../src/core/driver.ts'
import { createDriver } from '../../src/drivers/registry.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { conversationWith, user } from './conversation-with.ts'
import { providerAt } from './provider-at.ts'
import { requestWith, runDriver } from './run-driver.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const BEGUN: Message = { role: 'assistant', text: 'One two', toolCalls: [], providerState: null }
const MESSAGES = [user('Say exactly: One two three.'), BEGUN]
const TOOL = { name: 't', description: null, parameters: {}, strict: null }

function driverOf(name: DriverName, as: string = name) {
  const path = name === 'openai' || name === 'openai-compatible' ? 'openai/v1' : name
  const provider = { ...providerAt(name, `${simulator.url}/${path}`), name: as }
  return createDriver(provider, { fetch, clock: systemClock })
}

function takes(name: DriverName, model: string, changes: Partial<Conversation> = {}, as: string = name) {
  const conversation = conversationWith({ messages: MESSAGES, ...changes, sampling: { maxOutputTokens: 9_000 } })
  return driverOf(name, as).takesPrefill({ model, conversation })
}

describe('a driver knows who goes on from the beginning of an answer', () => {
  it.each(['claude-3-5-haiku-latest', 'claude-opus-4-1', 'claude-sonnet-4-5', 'claude-haiku-4-5-20251001'])(
    '%s does',
    (model) => {
      expect(takes('anthropic', model)).toBe(true)
      expect(takes('anthropic', model, { tools: [TOOL], toolChoice: { type: 'auto' } })).toBe(true)
    },
  )

  it.each(['claude-opus-4-6', 'claude-sonnet-5-5', 'claude-new', 'glm-4.6'])('%s does not', (model) => {
    expect(takes('anthropic', model)).toBe(false)
  })

  it.each<[string, Partial<Conversation>]>([
    ['while it thinks', { reasoning: { effort: 'LOW', maxTokens: null } }],
    ['where it has to call a tool', { tools: [TOOL], toolChoice: { type: 'required' } }],
    ['where its output has a form', { output: { type: 'schema', name: 's', schema: { type: 'object' } } }],
  ])('and none does %s', (_name, changes) => {
    expect(takes('anthropic', 'claude-sonnet-4-5', changes)).toBe(false)
    expect(takes('openai-compatible', 'mistral-small-latest', changes, 'mistral')).toBe(false)
  })

  it('Mistral does, by its own field; OpenAI, Google and other services do not', () => {
    expect(takes('openai-compatible', 'mistral-small-latest', {}, 'mistral')).toBe(true)
    expect(takes('openai-compatible', 'deepseek-chat', {}, 'deepseek')).toBe(false)
    expect(takes('openai', 'gpt-5-mini')).toBe(false)
    expect(takes('google', 'gemini-2.5-flash')).toBe(false)
  })

  it.each([
    ['anthropic', 'claude-haiku-4-5', 'anthropic', ' three.'],
    ['openai-compatible', 'mistral-small-latest', 'mistral', 'One two three.'],
  ] as const)('and %s goes on', async (name, model, as, text) => {
    const request = requestWith({ model, conversation: conversationWith({ messages: MESSAGES }) })
    const { events } = await runDriver(driverOf(name, as), request)
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe(text)
  })
})
