import { describe, expect, it } from 'vitest'
import type { RoutePolicy } from '../../../src/core/route-policy.ts'
import { candidate, measured, order, rank, reasons, signals } from '../given.ts'

const policy: RoutePolicy = { strategy: 'fastest', models: ['a/one', 'b/two', 'c/three'], explore: 0.1 }

const prompt = measured({ firstTokenMs: 200, tokensPerSecond: 25, answers: 9 })
const fluent = measured({ firstTokenMs: 1_000, tokensPerSecond: 100, answers: 9 })
const expecting = (outputTokens: number) => ({ outputTokens, cachedInputTokens: 0, answers: 9 })

describe('fastest', () => {
  it('goes by the whole answer: a short one by its first token, a long one by its speed', () => {
    const two = (outputTokens: number) => [
      candidate('a/one', 0, 1n, { measured: fluent, expected: expecting(outputTokens) }),
      candidate('b/two', 1, 1n, { measured: prompt, expected: expecting(outputTokens) }),
    ]
    const short = rank(policy, two(10))
    expect(order(short)).toEqual(['b/two', 'a/one'])
    expect(reasons(short)).toEqual([
      'fastest: about 0.60 s for this request',
      'about 1.1 s for this request, 1.8 times the fastest',
    ])
    expect(order(rank(policy, two(500)))).toEqual(['a/one', 'b/two'])
  })

  it('counts failures as time lost', () => {
    const ranking = rank(policy, [
      candidate('a/one', 0, 1n, { measured: { ...prompt, answers: 4, failures: 12 } }),
      candidate('b/two', 1, 1n, { measured: { ...prompt, firstTokenMs: 700 } }),
    ])
    expect(order(ranking)).toEqual(['b/two', 'a/one'])
    expect(reasons(ranking)[1]).toContain('counting that 12 of the last 16 attempts failed')
  })

  it("puts what is not known well behind what is, in the route's order", () => {
    const ranking = rank(policy, [
      candidate('a/one', 0),
      candidate('b/two', 1, 1n, { measured: { ...prompt, answers: 2 } }),
      candidate('c/three', 2, 1n, { measured: prompt }),
    ])
    expect(order(ranking)).toEqual(['c/three', 'a/one', 'b/two'])
    expect(reasons(ranking)[2]).toContain('too little is known of its speed (2 answers lately)')
  })

  const three = [
    candidate('a/one', 0, 1n, { measured: prompt }),
    candidate('b/two', 1, 1n, { measured: { ...fluent, firstTokenMs: 40_000 } }),
    candidate('c/three', 2, 1n, { measured: measured({ failures: 1 }) }),
  ]

  it('explores for a share of the draws, and then asks the one that was asked least', () => {
    const rounds = 1_000
    const explored = Array.from({ length: rounds }, (_, round) =>
      order(rank(policy, three, signals({ draw: round / rounds }))),
    ).filter(([first]) => first !== 'a/one')
    expect(explored.length / rounds).toBeCloseTo(0.1, 3)
    expect(explored.every((models) => models.join() === 'c/three,a/one,b/two')).toBe(true)
    expect(reasons(rank(policy, three, signals({ draw: 0 })))[0]).toMatch(
      /^exploring, since it was asked least lately; /,
    )
  })

  it('does not explore what is open, nor where there is nothing else', () => {
    const open = three.map((each) => (each.target === 'c/three' ? { ...each, circuit: 'OPEN' as const } : each))
    expect(order(rank(policy, open, signals({ draw: 0 })))[0]).toBe('b/two')
    expect(order(rank(policy, three.slice(0, 1), signals({ draw: 0 })))).toEqual(['a/one'])
  })

  it('finds a model again that became fast, and leaves one that became slow', () => {
    // What a process would measure: medians over the last 32 answers of each.
    const speeds = new Map([
      ['a/one', 300],
      ['b/two', 900],
    ])
    const samples = new Map<string, number[]>([
      ['a/one', []],
      ['b/two', []],
    ])
    const median = (of: readonly number[]) => [...of].sort((x, y) => x - y)[Math.floor(of.length / 2)] ?? null
    const two: RoutePolicy = { strategy: 'fastest', models: ['a/one', 'b/two'], explore: 0.1 }
    const ask = (round: number): string => {
      const candidates = [...samples].map(([id, taken], place) =>
        candidate(id, place, 1n, { measured: measured({ firstTokenMs: median(taken), answers: taken.length }) }),
      )
      const [first = ''] = order(rank(two, candidates, signals({ draw: ((round * 37) % 100) / 100 })))
      samples.set(first, [...(samples.get(first) ?? []), speeds.get(first) ?? 0].slice(-32))
      return first
    }
    const share = (from: number, model: string) =>
      Array.from({ length: 400 }, (_, round) => ask(from + round)).filter((first) => first === model).length / 400
    expect(share(0, 'a/one')).toBeGreaterThan(0.85)
    speeds.set('b/two', 100)
    expect(share(400, 'b/two')).toBeGreaterThan(0.5)
    expect(share(800, 'b/two')).toBeGreaterThan(0.85)
  })
})
