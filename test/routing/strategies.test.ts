import { describe, expect, it } from 'vitest'
import { modelId } from '../../src/core/routing.ts'
import type { RoutePolicy, StrategyName } from '../../src/core/settings.ts'
import type { Candidate, Ranking } from '../../src/routing/strategy.ts'
import { modelsOf, strategyOf } from '../../src/routing/strategy-of.ts'
import { asked } from '../router/asked.ts'
import { candidate, signals } from './given.ts'

const MODELS = ['a/one', 'a/two', 'b/one', 'c/deep/name', 'd/four', 'e/five']

const POLICIES = {
  priority: { strategy: 'priority', models: MODELS },
  cheapest: { strategy: 'cheapest', models: MODELS },
  weighted: { strategy: 'weighted', models: MODELS.map((model, index) => ({ model, weight: 1 + index })) },
  complexity: { strategy: 'complexity', tiers: { simple: MODELS.slice(0, 4), complex: MODELS.slice(2) } },
} satisfies Record<StrategyName, RoutePolicy>

const PROMPTS = ['hi', 'Prove that there are infinitely many primes.', '']

/** A small generator (Park and Miller), so that each run tries the same cases. */
function* chances(seed: number): Generator<number> {
  let state = seed
  while (true) {
    state = (state * 48_271) % 2_147_483_647
    yield (state - 1) / 2_147_483_646
  }
}

function draw(chance: Generator<number>): number {
  const { value } = chance.next()
  return typeof value === 'number' ? value : 0
}

/** Some of the models, in any order, some of them unpriced. */
function someCandidates(chance: Generator<number>): readonly Candidate[] {
  return MODELS.map((id, place) => ({ id, place, key: draw(chance) }))
    .filter(() => draw(chance) < 0.7)
    .sort((a, b) => a.key - b.key)
    .map(({ id, place, key }) => candidate(id, place, key < 0.3 ? null : BigInt(Math.round(key * 10)) * 1_000_000n))
}

function order({ ordered }: Ranking): readonly string[] {
  return ordered.map((ranked) => modelId(ranked.candidate))
}

describe.each(Object.values(POLICIES))('$strategy', (policy) => {
  const strategy = strategyOf(policy)

  it('loses no candidate, invents none, and gives each a reason', () => {
    const chance = chances(7)
    for (let round = 0; round < 300; round++) {
      const candidates = someCandidates(chance)
      const conversation = asked(PROMPTS[round % PROMPTS.length] ?? '')
      const ranking = strategy(candidates, signals({ draw: draw(chance), conversation }))
      expect([...order(ranking)].sort()).toEqual(candidates.map(modelId).sort())
      for (const { candidate: ranked, reason } of ranking.ordered) {
        expect(candidates).toContain(ranked)
        expect(reason).toMatch(/^\S.{5,200}$/)
      }
      for (const signal of ranking.signals) expect(signal.value).not.toBe('')
    }
  })

  it('gives the same ranking for the same signals, whatever the order of the candidates', () => {
    const chance = chances(11)
    for (let round = 0; round < 100; round++) {
      const candidates = someCandidates(chance)
      const given = signals({ draw: draw(chance) })
      expect(strategy(candidates, given)).toEqual(strategy(candidates, given))
      expect(order(strategy([...candidates].reverse(), given))).toEqual(order(strategy(candidates, given)))
    }
  })

  it('leaves its arguments as they were', () => {
    const candidates = Object.freeze([candidate('b/one', 2, 5n), candidate('a/one', 0, 9n)])
    strategy(candidates, Object.freeze(signals()))
    expect(candidates.map(modelId)).toEqual(['b/one', 'a/one'])
  })

  it('names each of its models once', () => {
    expect([...modelsOf(policy)].sort()).toEqual([...MODELS].sort())
  })
})

describe('priority', () => {
  it("keeps the route's places, also where models before are out", () => {
    const ranking = strategyOf(POLICIES.priority)([candidate('b/one', 2), candidate('a/two', 1)], signals())
    expect(ranking.ordered.map(({ reason }) => reason)).toEqual([
      "second in the route's order",
      "third in the route's order",
    ])
  })
})

describe('cheapest', () => {
  it('goes by the cost of this request and puts unpriced models last', () => {
    const ranking = strategyOf(POLICIES.cheapest)(
      [
        candidate('a/one', 0, null),
        candidate('a/two', 1, 300_000_000n),
        candidate('b/one', 2, 120_000_000n),
        candidate('d/four', 4, 120_000_000n),
      ],
      signals(),
    )
    expect(order(ranking)).toEqual(['b/one', 'd/four', 'a/two', 'a/one'])
    expect(ranking.ordered.map(({ reason }) => reason)).toEqual([
      'cheapest: about $0.00012 for this request',
      'as cheap as the first: about $0.00012 for this request',
      'about $0.0003 for this request, 2.5 times the cheapest',
      'no known price, so it stands behind the models that have one',
    ])
  })

  it('takes a free model for the cheapest', () => {
    const ranking = strategyOf(POLICIES.cheapest)([candidate('a/one', 0, 5n), candidate('a/two', 1, 0n)], signals())
    expect(ranking.ordered[0]?.reason).toBe('cheapest: about $0 for this request')
    expect(order(ranking)).toEqual(['a/two', 'a/one'])
  })
})

describe('weighted', () => {
  const strategy = strategyOf({
    strategy: 'weighted',
    models: [
      { model: 'a/one', weight: 3 },
      { model: 'a/two', weight: 1 },
      { model: 'b/one', weight: 4 },
    ],
  })
  const three = [candidate('a/one', 0), candidate('a/two', 1), candidate('b/one', 2)]

  it('puts each first as often as its weight says, and second as often as the weights that are left say', () => {
    const rounds = 8_000
    const seen = new Map<string, number>()
    for (let round = 0; round < rounds; round++) {
      const [first, second] = order(strategy(three, signals({ draw: (round + 0.5) / rounds })))
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
    expect(order(strategy(three, signals({ draw: at })))).toHaveLength(3)
  })

  it('says the weights', () => {
    const reasons = strategy(three, signals({ draw: 0 })).ordered.map(({ reason }) => reason)
    expect(reasons).toEqual([
      'drawn with weight 3 of 8',
      'drawn next with weight 1 of the 5 left',
      'drawn next with weight 4 of the 4 left',
    ])
  })
})

describe('complexity', () => {
  const strategy = strategyOf({
    strategy: 'complexity',
    tiers: { simple: ['a/small', 'b/small'], complex: ['a/large', 'b/small'] },
  })
  const three = [candidate('a/small', 0), candidate('b/small', 1), candidate('a/large', 2)]

  it('asks the simple tier for simple things', () => {
    const ranking = strategy(three, signals())
    expect(order(ranking)).toEqual(['a/small', 'b/small', 'a/large'])
    expect(ranking.ordered[0]?.reason).toMatch(/^simple tier: the request scored 0\.\d\d, complex from 0\.5$/)
    expect(ranking.ordered[2]?.reason).toBe('complex tier, behind the simple one')
  })

  it('asks the complex tier for complex things, and says what made it so', () => {
    const conversation = asked('Prove that there are infinitely many primes.')
    const ranking = strategy(three, signals({ conversation }))
    expect(order(ranking)).toEqual(['a/large', 'b/small', 'a/small'])
    expect(ranking.ordered[0]?.reason).toMatch(
      /^complex tier: the request asks for a proof; it scored 0\.\d\d, complex from 0\.5$/,
    )
    expect(ranking.signals[0]?.name).toBe('complexity')
    expect(ranking.signals).toContainEqual({
      name: 'proof',
      value: expect.stringMatching(/^asks for a proof: \+1\.\d\d$/),
    })
  })
})
