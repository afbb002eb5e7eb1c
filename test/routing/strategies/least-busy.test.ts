import { describe, expect, it } from 'vitest'
import { candidate, measured, order, rank, reasons } from '../given.ts'

const policy = { strategy: 'leastBusy', models: ['a/one', 'b/two', 'c/three'] } as const

describe('leastBusy', () => {
  it("goes by the requests under way, and by the route's order where they are equal", () => {
    const ranking = rank(policy, [
      candidate('a/one', 0, 1n, { measured: measured({ inFlight: 3 }) }),
      candidate('b/two', 1, 1n, { measured: measured({ inFlight: 1 }) }),
      candidate('c/three', 2, 1n, { measured: measured({ inFlight: 1 }) }),
    ])
    expect(order(ranking)).toEqual(['b/two', 'c/three', 'a/one'])
    expect(reasons(ranking)).toEqual([
      'least busy: 1 request under way here',
      'as little busy, but listed later: 1 request under way here',
      'busier: 3 requests under way here',
    ])
  })
})
