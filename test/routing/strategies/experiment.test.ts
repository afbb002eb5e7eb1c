import { describe, expect, it } from 'vitest'
import type { ExperimentPolicy } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons, signals } from '../given.ts'

const policy: ExperimentPolicy = {
  strategy: 'experiment',
  variants: [
    { name: 'control', weight: 3, models: ['a/one', 'b/spare'] },
    { name: 'bold', weight: 1, models: ['c/new', 'b/spare'] },
  ],
  stickyBy: { type: 'endUser' },
}
const all = [candidate('a/one', 0), candidate('b/spare', 1), candidate('c/new', 2)]
const users = Array.from({ length: 6_000 }, (_, index) => `${index}`)

function variantOf(endUser: string | null, by: ExperimentPolicy = policy, draw = 0.5) {
  return rank(by, all, signals({ endUser, draw })).variants[0]?.variant
}

describe('experiment', () => {
  it('assigns end users by weight, and always the same', () => {
    const bold = users.filter((user) => variantOf(user) === 'bold')
    expect(bold.length / users.length).toBeCloseTo(1 / 4, 1)
    expect(bold.every((user) => variantOf(user, policy, 0.01) === 'bold')).toBe(true)
  })

  it('moves nobody who need not move when a weight changes or a variant comes', () => {
    const third = { name: 'third', weight: 1, models: ['a/one'] }
    const more = { ...policy, variants: [...policy.variants, third] }
    const moved = users.filter((user) => variantOf(user) !== variantOf(user, more))
    expect(moved.length / users.length).toBeCloseTo(1 / 5, 1)
    expect(moved.every((user) => variantOf(user, more) === 'third')).toBe(true)
  })

  it('is independent of other experiments', () => {
    const within = (name: string) => ({
      ...policy,
      variants: policy.variants.map((each) => ({ ...each, name: each.name + name, weight: 1 })),
    })
    const halves = users.map((user) => [variantOf(user, within('-x')), variantOf(user, within('-y'))])
    const both = halves.filter(([x, y]) => x === 'control-x' && y === 'control-y')
    expect(both.length / users.length).toBeCloseTo(1 / 4, 1)
  })

  it('tries its own models alone, and says so in the plan', () => {
    const user = users.find((each) => variantOf(each) === 'bold') ?? ''
    const ranking = rank(policy, all, signals({ endUser: user }))
    expect(order(ranking)).toEqual(['c/new', 'b/spare'])
    expect(reasons(ranking)[0]).toBe('variant "bold", assigned by end user')
    expect(ranking.out.map(({ reason }) => reason)).toEqual(['variant "bold" is assigned and does not name it'])
    expect(ranking.variants).toEqual([{ experiment: 'main', variant: 'bold', by: 'endUser' }])
  })

  it('assigns by a tag, and by chance where it is missing', () => {
    const byTag: ExperimentPolicy = { ...policy, stickyBy: { type: 'tag', key: 'team' } }
    const tags = [{ key: 'team', value: 'red' }]
    const one = rank(byTag, all, signals({ tags, endUser: '1' }))
    expect(rank(byTag, all, signals({ tags, endUser: '2', draw: 0.9 }))).toEqual(one)
    expect(one.variants[0]?.by).toBe('tag')
    const drawn = users.map((_, index) => rank(byTag, all, signals({ draw: index / users.length })).variants[0])
    expect(drawn.filter((each) => each?.variant === 'bold').length / users.length).toBeCloseTo(1 / 4, 1)
    expect(drawn[0]?.by).toBe('chance')
  })

  it('answers by another variant where nobody in it can, and then does not count', () => {
    const user = users.find((each) => variantOf(each) === 'bold') ?? ''
    const ranking = rank(policy, all.slice(0, 1), signals({ endUser: user }))
    expect(reasons(ranking)).toEqual(['variant "control", outside the experiment: nobody in "bold" can answer'])
    expect(ranking.variants).toEqual([])
  })
})
