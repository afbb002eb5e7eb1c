import { describe, expect, it } from 'vitest'
import { modelsOf, type RoutePolicy } from '../../src/core/route-policy.ts'
import { asked } from '../router/asked.ts'
import { candidate, info, order, rank, reasons, route, signals } from './given.ts'

const smart = route('smart', { strategy: 'cheapest', models: ['a/large', 'b/large'] })
const large = [candidate('a/large', 0, 9_000_000_000n), candidate('b/large', 1, 2_100_000_000n)]

describe('a route within a route', () => {
  it('stands where the outer strategy puts it, in its own order, and both give their reasons', () => {
    const tiers: RoutePolicy = { strategy: 'complexity', tiers: { simple: ['c/small'], complex: ['smart'] } }
    const conversation = asked('Prove that there are infinitely many primes.')
    const ranking = rank(tiers, [...large, candidate('c/small', 2)], signals({ conversation }), [smart])
    expect(order(ranking)).toEqual(['b/large', 'a/large', 'c/small'])
    expect(reasons(ranking)[0]).toMatch(
      /^complex tier: the request asks for a proof; .* → route smart: cheapest: about \$0\.0021 for this request$/,
    )
    expect(reasons(ranking)[1]).toBe(
      'behind the first of route smart: about $0.009 for this request, 4.3 times the cheapest',
    )
    expect(ranking.signals.map(({ name }) => name)).toContain('smart.inputTokens')
  })

  it('is compared by its first', () => {
    const outer: RoutePolicy = { strategy: 'cheapest', models: ['c/middle', 'smart'] }
    const ranking = rank(outer, [...large, candidate('c/middle', 2, 5_000_000_000n)], signals(), [smart])
    expect(order(ranking)).toEqual(['b/large', 'a/large', 'c/middle'])
  })

  it('stands first where a model is named twice', () => {
    const outer: RoutePolicy = { strategy: 'priority', models: ['a/large', 'smart'] }
    const ranking = rank(outer, large, signals(), [smart])
    expect(order(ranking)).toEqual(['a/large', 'b/large'])
    expect(reasons(ranking)[1]).toMatch(/^second in the route's order → route smart: cheapest/)
  })

  it('keeps out what it requires and the outer one does not, unless that names it itself', () => {
    const eu = route('eu', smart.policy, { requires: { regions: ['eu'], dataPolicies: [] } })
    const mixed = [
      large[0] ?? candidate('a/large', 0),
      candidate('b/large', 1, 1n, { info: info('b/large', { region: 'eu' }) }),
    ]
    const ranking = rank({ strategy: 'priority', models: ['eu'] }, mixed, signals(), [eu])
    expect(order(ranking)).toEqual(['b/large'])
    expect(ranking.out.map(({ reason }) => reason)).toEqual([
      'its region is not known, not eu, as the route eu requires',
    ])
    expect(order(rank({ strategy: 'priority', models: ['eu', 'a/large'] }, mixed, signals(), [eu]))).toEqual([
      'b/large',
      'a/large',
    ])
  })

  it('draws for itself', () => {
    const half = (a: string, b: string): RoutePolicy => ({
      strategy: 'weighted',
      stickyBy: null,
      models: [
        { model: a, weight: 1 },
        { model: b, weight: 1 },
      ],
    })
    const routes = [route('x', half('a/1', 'a/2')), route('y', half('b/1', 'b/2'))]
    const all = ['a/1', 'a/2', 'b/1', 'b/2'].map((id, place) => candidate(id, place))
    const seen = new Map<string, number>()
    const rounds = 4_000
    for (let round = 0; round < rounds; round++) {
      const [first = ''] = order(rank(half('x', 'y'), all, signals({ draw: round / rounds }), routes))
      seen.set(first, (seen.get(first) ?? 0) + 1 / rounds)
    }
    for (const share of seen.values()) expect(share).toBeCloseTo(1 / 4, 1)
    expect(seen.size).toBe(4)
  })

  it('takes an experiment and its variant with it, where it is taken', () => {
    const trial = route('trial', {
      strategy: 'experiment',
      variants: [
        { name: 'only', weight: 1, models: ['a/large'] },
        { name: 'never', weight: 1e-12, models: ['b/large'] },
      ],
      stickyBy: { type: 'endUser' },
    })
    const outer = (models: readonly string[]) =>
      rank({ strategy: 'priority', models }, large, signals({ endUser: 'u' }), [trial])
    expect(outer(['trial', 'b/large']).variants).toEqual([{ experiment: 'trial', variant: 'only', by: 'endUser' }])
    expect(outer(['b/large', 'trial']).variants).toEqual([])
  })

  it('ends where routes lead in a circle', () => {
    const one = route('one', { strategy: 'priority', models: ['two', 'a/large'] })
    const two = route('two', { strategy: 'priority', models: ['one', 'b/large'] })
    expect(modelsOf(one.policy, [one, two])).toEqual(['b/large', 'a/large'])
    expect(order(rank({ strategy: 'priority', models: ['one'] }, large, signals(), [one, two]))).toEqual([
      'b/large',
      'a/large',
    ])
  })
})
