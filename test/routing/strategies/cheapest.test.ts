import { describe, expect, it } from 'vitest'
import type { RoutePolicy } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons } from '../given.ts'

const policy = (...models: string[]): RoutePolicy => ({ strategy: 'cheapest', models })

describe('cheapest', () => {
  it('goes by the cost of this request and puts unpriced models last', () => {
    const ranking = rank(policy('a/one', 'a/two', 'b/one', 'd/four'), [
      candidate('a/one', 0, null),
      candidate('a/two', 1, 300_000_000n),
      candidate('b/one', 2, 120_000_000n),
      candidate('d/four', 3, 120_000_000n),
    ])
    expect(order(ranking)).toEqual(['b/one', 'd/four', 'a/two', 'a/one'])
    expect(reasons(ranking)).toEqual([
      'cheapest: about $0.00012 for this request',
      'as cheap as the first: about $0.00012 for this request',
      'about $0.0003 for this request, 2.5 times the cheapest',
      'no known price, so it stands behind the models that have one',
    ])
  })

  it('takes a free model for the cheapest', () => {
    const ranking = rank(policy('a/one', 'a/two'), [candidate('a/one', 0, 5n), candidate('a/two', 1, 0n)])
    expect(ranking.ordered[0]?.reason).toBe('cheapest: about $0 for this request')
    expect(order(ranking)).toEqual(['a/two', 'a/one'])
  })

  it('tells what the costs rest on', () => {
    const learnt = { outputTokens: 120, cachedInputTokens: 40, answers: 12 }
    const ranking = rank(policy('a/one', 'a/two'), [
      candidate('a/one', 0, 5n, { expected: learnt }),
      candidate('a/two', 1, 4n),
    ])
    expect(ranking.signals).toEqual([
      { name: 'inputTokens', value: 'about 100' },
      { name: 'expected of a/one', value: '120 output tokens, 40 input tokens cached (from the last 12 answers)' },
      { name: 'expected of a/two', value: '500 output tokens (a guess)' },
    ])
  })
})
