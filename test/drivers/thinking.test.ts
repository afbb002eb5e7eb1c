import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Reasoning, ReasoningEffort } from '../../src/core/conversation.ts'
import type { DriverName } from '../../src/core/driver.ts'
import { createDriver } from '../../src/drivers/registry.ts'
import { conversationWith } from './conversation-with.ts'
import { providerAt } from './provider-at.ts'

const UNASKED: readonly (readonly [DriverName, string, ReasoningEffort])[] = [
  ['openai', 'gpt-4.1-mini', 'NONE'],
  ['openai', 'gpt-4o', 'NONE'],
  ['openai', 'gpt-5-chat-latest', 'NONE'],
  ['openai', 'gpt-5.1', 'NONE'],
  ['openai', 'gpt-5-mini', 'MEDIUM'],
  ['openai', 'gpt-5-2025-08-07', 'MEDIUM'],
  ['openai', 'gpt-5.1-codex', 'MEDIUM'],
  ['openai', 'o3', 'MEDIUM'],
  ['openai', 'o3-pro', 'HIGH'],
  ['openai', 'gpt-5-pro', 'HIGH'],
  ['openai-compatible', 'llama-3.3-70b-versatile', 'NONE'],
  ['openai-compatible', 'mistral-small-latest', 'NONE'],
  ['openai-compatible', 'openai/gpt-5', 'MEDIUM'],
  ['openai-compatible', 'deepseek-reasoner', 'MEDIUM'],
  ['openai-compatible', 'deepseek-ai/DeepSeek-R1', 'MEDIUM'],
  ['openai-compatible', 'grok-4', 'MEDIUM'],
  ['openai-compatible', 'grok-4-fast-non-reasoning', 'NONE'],
  ['openai-compatible', 'Qwen/Qwen3-235B-A22B-Thinking-2507', 'MEDIUM'],
  ['anthropic', 'claude-3-5-haiku-latest', 'NONE'],
  ['anthropic', 'claude-haiku-4-5', 'NONE'],
  ['anthropic', 'claude-opus-5-5', 'MEDIUM'],
  ['google', 'gemini-2.0-flash', 'NONE'],
  ['google', 'gemini-2.5-flash-lite', 'NONE'],
  ['google', 'gemini-2.5-flash', 'MEDIUM'],
  ['google', 'gemini-3-pro-preview', 'MEDIUM'],
]

const ASKED: readonly (readonly [Reasoning, ReasoningEffort])[] = [
  [{ effort: 'NONE', maxTokens: null }, 'NONE'],
  [{ effort: 'LOW', maxTokens: null }, 'LOW'],
  [{ effort: 'HIGH', maxTokens: null }, 'HIGH'],
  [{ effort: null, maxTokens: 1_024 }, 'LOW'],
  [{ effort: null, maxTokens: 8_192 }, 'MEDIUM'],
  [{ effort: null, maxTokens: 8_193 }, 'HIGH'],
  [{ effort: 'HIGH', maxTokens: 2_000 }, 'LOW'],
  [{ effort: 'LOW', maxTokens: 20_000 }, 'LOW'],
]

function thinking(driver: DriverName, model: string, reasoning: Reasoning | null): ReasoningEffort {
  const fetch = () => Promise.reject(new Error('Nobody is asked'))
  const made = createDriver(providerAt(driver, 'http://127.0.0.1:9/v1'), { fetch, clock: systemClock })
  return made.thinking({ model, conversation: conversationWith({ reasoning }) })
}

describe('how hard a model thinks', () => {
  it.each(UNASKED)('%s by itself: %s %s', (driver, model, effort) => {
    expect(thinking(driver, model, null)).toBe(effort)
  })

  describe.each([
    ['openai', 'gpt-5-mini'],
    ['openai-compatible', 'deepseek-reasoner'],
    ['anthropic', 'claude-haiku-4-5'],
    ['google', 'gemini-2.5-flash'],
  ] as const)('%s, as it is asked', (driver, model) => {
    it.each(ASKED)('%o', (reasoning, effort) => {
      expect(thinking(driver, model, reasoning)).toBe(effort)
    })
  })

  it.each([
    ['anthropic', 'claude-3-5-haiku-latest'],
    ['google', 'gemini-2.0-flash'],
  ] as const)('%s %s can not, whatever is asked', (driver, model) => {
    expect(thinking(driver, model, { effort: 'HIGH', maxTokens: null })).toBe('NONE')
  })
})
