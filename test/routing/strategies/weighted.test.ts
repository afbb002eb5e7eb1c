import { describe, expect, it } from 'vitest'
import type { WeightedPolicy } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons, signals } from '../given.ts'

describe('weighted', () => {
  const policy: WeightedPolicy = {
    strategy: 'weighted',
    stickyBy: null,
    models: [
      { model: 'a/one', weight: 3 },
      { model: 'a/two', weight: 1 },
      { model: 'b/one', weight: 4 },
    ],
  }
  const sticky: WeightedPolicy = { ...policy, stickyBy: { type: 'endUser' } }
  const three = [candidate('a/one', 0), candidate('a/two', 1), candidate('b/one', 2)]

  it('puts each first as often as its weight says, and second as often as the weights that are left say', () => {
    const rounds = 8_000
    const seen = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      const [first, second] = order(rank(policy, three, signals({ draw: (round + 0.5) / rounds })))
      for (const key of [`${first}`, `${first} ${second}`]) seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    const share = (key: string) => (seen.get(key) ?? 0) / rounds
    expect(share('a/one')).toBeCloseTo(3 / 8, 2)
    expect(share('a/two')).toBeCloseTo(1 / 8, 2)
    expect(share('b/one')).toBeCloseTo(4 / 8, 2)
    expect(share('b/one a/one')).toBeCloseTo((4 / 8) * (3 / 4), 2)
    expect(share('a/one b/one')).toBeCloseTo((3 / 8) * (4 / 5), 2)
  })

  it.each([0, 0.37, 0.5, 0.999999, 1 - Number.EPSILON])('ranks all at a draw of %f', (at) => {
    expect(order(rank(policy, three, signals({ draw: at })))).toHaveLength(3)
  })

  it('says the weights', () => {
    expect(reasons(rank(policy, three, signals({ draw: 0 })))).toEqual([
      'drawn with weight 3 of 8',
      'drawn next with weight 1 of the 5 left',
      'drawn next with weight 4 of the 4 left',
    ])
  })

  const users = Array.from({ length: 6_000 }, (_, index) => `user-${index}`)
  const firstOf = (by: WeightedPolicy, endUser: string) => order(rank(by, three, signals({ endUser })))[0]

  it('sticks to an end user whatever the draw, and shares end users out by weight', () => {
    const seen = new Map<string, number>()
    for (const endUser of users) {
      const [first = ''] = order(rank(sticky, three, signals({ endUser, draw: 0.1 })))
      expect(order(rank(sticky, three, signals({ endUser, draw: 0.9 })))[0]).toBe(first)
      seen.set(first, (seen.get(first) ?? 0) + 1 / users.length)
    }
    expect(seen.get('a/one')).toBeCloseTo(3 / 8, 1)
    expect(seen.get('a/two')).toBeCloseTo(1 / 8, 1)
    expect(seen.get('b/one')).toBeCloseTo(4 / 8, 1)
  })

  it('moves end users to a model alone whose weight grows', () => {
    const more = {
      ...sticky,
      models: sticky.models.map((each) => ({ ...each, weight: each.weight * (each.model === 'a/two' ? 3 : 1) })),
    }
    const moved = users.filter((endUser) => firstOf(sticky, endUser) !== firstOf(more, endUser))
    expect(moved.length / users.length).toBeCloseTo(3 / 10 - 1 / 8, 1)
    expect(moved.every((endUser) => firstOf(more, endUser) === 'a/two')).toBe(true)
  })

  it('sticks to a value of a tag, and draws where there is none', () => {
    const byTag: WeightedPolicy = { ...policy, stickyBy: { type: 'tag', key: 'session' } }
    const tags = [{ key: 'session', value: 's1' }]
    const at = (draw: number, given = {}) => rank(byTag, three, signals({ draw, ...given }))
    expect(at(0, { tags })).toEqual(at(0.99, { tags }))
    expect(reasons(at(0, { tags }))[0]).toMatch(/^drawn by tag session with weight \d of 8$/)
    expect(order(at(0))[0]).not.toBe(order(at(0.99))[0])
  })
})
