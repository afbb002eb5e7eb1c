import { describe, expect, it } from 'vitest'
import type { ShadowPolicy } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons, route, signals } from '../given.ts'

const policy: ShadowPolicy = {
  strategy: 'shadow',
  models: ['a/one', 'b/two'],
  shadows: ['c/new'],
  share: 0.2,
  budget: { amount: 1_000n, per: 'day' },
}
const both = [candidate('a/one', 0), candidate('b/two', 1)]

describe('shadow', () => {
  it('ranks as if there were no shadows', () => {
    const ranking = rank(policy, both)
    expect(order(ranking)).toEqual(['a/one', 'b/two'])
    expect(reasons(ranking)[0]).toBe("first in the route's order")
  })

  it('wants copies of its share of the requests', () => {
    const rounds = 5_000
    const copied = Array.from({ length: rounds }, (_, round) => rank(policy, both, signals({ draw: round / rounds })))
    const share = copied.filter(({ shadows }) => shadows.length > 0).length / rounds
    expect(share).toBeCloseTo(0.2, 1)
    expect(rank({ ...policy, share: 0 }, both).shadows).toEqual([])
    expect(rank({ ...policy, share: 1 }, both)).toMatchObject({
      shadows: [{ model: 'c/new', route: 'main', requires: [] }],
      signals: [{ name: 'shadow', value: expect.stringMatching(/^a copy to c\/new: drew 0\.\d{4}, copies below 1$/) }],
    })
  })

  it('counts within another route only where that one is taken', () => {
    const watched = route('watched', { ...policy, share: 1 })
    const outer = (models: readonly string[]) =>
      rank({ strategy: 'priority', models }, [...both, candidate('d/four', 2)], signals(), [watched])
    expect(outer(['watched', 'd/four']).shadows).toMatchObject([{ model: 'c/new', route: 'watched' }])
    expect(outer(['d/four', 'watched']).shadows).toEqual([])
  })
})
