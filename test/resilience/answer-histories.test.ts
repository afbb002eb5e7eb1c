import { describe, expect, it } from 'vitest'
import { NO_USAGE } from '../../src/core/usage.ts'
import { answerHistories } from '../../src/resilience/answer-histories.ts'

const ONE = { provider: 'a', model: 'one' }
const TWO = { provider: 'a', model: 'two' }
const used = (outputTokens: number, cachedInputTokens = 0) => ({
  ...NO_USAGE,
  inputTokens: 100,
  cachedInputTokens,
  outputTokens,
})

describe('what a route’s answers used', () => {
  it('is kept by route, and by route and model', () => {
    const histories = answerHistories()
    expect(histories.ofRoute('chat')).toBeNull()
    histories.note('chat', ONE, used(100, 50))
    histories.note('chat', ONE, used(300, 0))
    histories.note('chat', TWO, used(800))
    histories.note('other', ONE, used(1))
    expect(histories.ofModel('chat', ONE)).toEqual({ answers: 2, outputTokens: 200, cachedShare: 0.25 })
    expect(histories.ofModel('chat', TWO)).toEqual({ answers: 1, outputTokens: 800, cachedShare: 0 })
    expect(histories.ofRoute('chat')).toMatchObject({ answers: 3, outputTokens: 400 })
    expect(histories.ofModel('other', TWO)).toBeNull()
  })

  it('follows a change within some hundred answers', () => {
    const histories = answerHistories()
    for (let count = 0; count < 1_000; count++) histories.note('chat', ONE, used(100))
    for (let count = 0; count < 200; count++) histories.note('chat', ONE, used(1_000))
    expect(histories.ofRoute('chat')?.outputTokens).toBeGreaterThan(950)
    expect(histories.ofRoute('chat')?.answers).toBe(50)
  })
})
