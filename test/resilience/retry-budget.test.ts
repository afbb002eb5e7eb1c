import { describe, expect, it } from 'vitest'
import { retryBudget } from '../../src/resilience/retry-budget.ts'
import { manualClock } from '../support/manual-clock.ts'

describe('the retry budget of a model', () => {
  it('keeps retries under a fifth of the requests while everything fails', () => {
    const clock = manualClock()
    const budget = retryBudget(clock)
    let retries = 0
    for (let call = 0; call < 1_000; call++) {
      budget.requested()
      if (budget.allows()) {
        budget.retried()
        budget.requested()
        retries += 1
      }
      clock.pass(10)
    }
    expect(retries).toBeGreaterThan(150)
    expect(retries / (1_000 + retries)).toBeLessThanOrEqual(0.2)
  })

  it('always allows a few, and forgets them after half a minute', () => {
    const clock = manualClock()
    const budget = retryBudget(clock)
    for (let i = 0; i < 10; i++) {
      expect(budget.allows()).toBe(true)
      budget.retried()
    }
    expect(budget.allows()).toBe(false)
    clock.pass(33_001)
    expect(budget.allows()).toBe(true)
  })
})
