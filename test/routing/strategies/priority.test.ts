import { describe, expect, it } from 'vitest'
import { candidate, rank, reasons } from '../given.ts'

describe('priority', () => {
  it("keeps the route's places, also where models before are out", () => {
    const policy = { strategy: 'priority', models: ['a/one', 'a/two', 'b/one'] } as const
    const ranking = rank(policy, [candidate('b/one', 2), candidate('a/two', 1)])
    expect(reasons(ranking)).toEqual(["second in the route's order", "third in the route's order"])
  })
})
