import { describe, expect, it } from 'vitest'
import type { Candidate, Signals } from '../../src/core/candidate.ts'
import { modelsOf, type RoutePolicy, type StrategyName } from '../../src/core/route-policy.ts'
import { modelId } from '../../src/core/routing.ts'
import { strategyOf } from '../../src/routing/strategy-of.ts'
import { asked } from '../router/asked.ts'
import { candidate, order, route, signals } from './given.ts'

const MODELS = ['a/one', 'a/two', 'b/one', 'c/deep/name', 'd/four', 'e/five']

/** Routes that the policies below name: two of them overlap, one has them both within. */
const ROUTES = [
  route('near', { strategy: 'cheapest', models: ['b/one', 'a/two'] }),
  route('far', {
    strategy: 'weighted',
    stickyBy: null,
    models: [
      { model: 'c/deep/name', weight: 1 },
      { model: 'near', weight: 2 },
    ],
  }),
  route(
    'strict',
    { strategy: 'priority', models: ['e/five', 'd/four'] },
    { requires: { regions: ['eu'], dataPolicies: [] } },
  ),
]

const ALWAYS = { name: 'all', when: [], models: MODELS }
const FREE = { name: 'free', when: [{ type: 'tag', key: 'plan', values: ['free'] }], models: ['far', 'a/one'] } as const

const POLICIES = {
  priority: { strategy: 'priority', models: MODELS },
  cheapest: { strategy: 'cheapest', models: MODELS },
  fastest: { strategy: 'fastest', models: MODELS, explore: 0.3 },
  leastBusy: { strategy: 'leastBusy', models: MODELS },
  weighted: {
    strategy: 'weighted',
    stickyBy: null,
    models: MODELS.map((model, index) => ({ model, weight: 1 + index })),
  },
  complexity: { strategy: 'complexity', tiers: { simple: MODELS.slice(0, 4), complex: MODELS.slice(2) } },
  rules: { strategy: 'rules', rules: [FREE, ALWAYS], otherwise: [] },
  experiment: {
    strategy: 'experiment',
    variants: [
      { name: 'a', weight: 1, models: MODELS.slice(0, 3) },
      { name: 'b', weight: 2, models: MODELS.slice(3) },
    ],
    stickyBy: { type: 'endUser' },
  },
  shadow: { strategy: 'shadow', models: MODELS, shadows: ['z/new'], share: 0.5, budget: { amount: 1n, per: 'day' } },
  custom: { strategy: 'custom', models: MODELS, rank: (all) => all.map(({ target }) => target).reverse() },
} satisfies Record<StrategyName, RoutePolicy>

/** The same, with routes among their targets. */
const NESTED: readonly RoutePolicy[] = [
  { strategy: 'priority', models: ['near', 'a/one', 'far', 'strict'] },
  { strategy: 'cheapest', models: ['a/one', 'far', 'strict'] },
  { strategy: 'fastest', models: ['strict', 'far', 'a/one'], explore: 0.3 },
  { strategy: 'leastBusy', models: ['near', 'a/one', 'd/four'] },
  {
    strategy: 'weighted',
    stickyBy: { type: 'endUser' },
    models: [
      { model: 'far', weight: 1 },
      { model: 'a/one', weight: 3 },
    ],
  },
  { strategy: 'complexity', tiers: { simple: ['near', 'a/one'], complex: ['far', 'a/one'] } },
  { strategy: 'rules', rules: [FREE], otherwise: ['strict'] },
  {
    strategy: 'experiment',
    variants: [
      { name: 'a', weight: 1, models: ['near'] },
      { name: 'b', weight: 1, models: ['strict', 'a/one'] },
    ],
    stickyBy: { type: 'tag', key: 'plan' },
  },
  { strategy: 'shadow', models: ['far', 'a/one'], shadows: ['z/new'], share: 1, budget: { amount: 1n, per: 'hour' } },
  {
    strategy: 'custom',
    models: ['far', 'e/five'],
    rank: () => {
      throw new Error('not today')
    },
  },
]

const CASES = [
  ...Object.values(POLICIES).map((policy) => ({ name: policy.strategy, policy })),
  ...NESTED.map((policy) => ({ name: `${policy.strategy} with routes`, policy })),
] as readonly { readonly name: string; readonly policy: RoutePolicy }[]

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

/** Some of a policy's models, in any order, some of them unpriced, some of them measured. */
function someCandidates(chance: Generator<number>, models: readonly string[]): readonly Candidate[] {
  return models
    .map((id, place) => ({ id, place, key: draw(chance) }))
    .filter(() => draw(chance) < 0.7)
    .sort((a, b) => a.key - b.key)
    .map(({ id, place, key }) => {
      const cost = key < 0.3 ? null : BigInt(Math.round(key * 10)) * 1_000_000n
      const known = draw(chance) < 0.5
      const base = candidate(id, place, cost)
      return {
        ...base,
        info: { ...base.info, region: draw(chance) < 0.5 ? 'eu' : null },
        circuit: draw(chance) < 0.2 ? 'OPEN' : 'CLOSED',
        measured: {
          firstTokenMs: known ? Math.round(draw(chance) * 5) * 100 : null,
          tokensPerSecond: known ? 20 + Math.round(draw(chance) * 3) * 10 : null,
          answers: known ? 5 : 0,
          failures: Math.round(draw(chance) * 2),
          firstTokenP95Ms: null,
          inFlight: Math.round(draw(chance) * 3),
        },
      }
    })
}

function someSignals(chance: Generator<number>, round: number): Signals {
  return signals({
    draw: draw(chance),
    conversation: asked(PROMPTS[round % PROMPTS.length] ?? ''),
    endUser: round % 3 === 0 ? null : `user-${round}`,
    tags: round % 2 === 0 ? [] : [{ key: 'plan', value: round % 4 === 1 ? 'free' : 'paid' }],
  })
}

describe.each(CASES)('$name', ({ policy }) => {
  const models = modelsOf(policy, ROUTES)
  const strategy = strategyOf({ name: 'main', policy }, ROUTES)

  it('loses no candidate, invents none, and gives each a reason', () => {
    const chance = chances(7)
    for (let round = 0; round < 300; round++) {
      const candidates = someCandidates(chance, models)
      const ranking = strategy(candidates, someSignals(chance, round))
      const all = [...ranking.ordered, ...ranking.out]
      expect(all.map((ranked) => modelId(ranked.candidate)).sort()).toEqual(candidates.map(modelId).sort())
      for (const { candidate: ranked, reason } of all) {
        expect(candidates).toContain(ranked)
        expect(reason).toMatch(/^\S.{5,300}$/)
      }
      for (const signal of ranking.signals) expect(signal.value).not.toBe('')
    }
  })

  it('gives the same ranking for the same signals, whatever the order of the candidates', () => {
    const chance = chances(11)
    for (let round = 0; round < 100; round++) {
      const candidates = someCandidates(chance, models)
      const given = someSignals(chance, round)
      const ranking = strategy(candidates, given)
      expect(strategy(candidates, given)).toEqual(ranking)
      const backwards = strategy([...candidates].reverse(), given)
      expect(order(backwards)).toEqual(order(ranking))
      expect(backwards.variants).toEqual(ranking.variants)
      expect(backwards.shadows).toEqual(ranking.shadows)
    }
  })

  it('leaves its arguments as they were', () => {
    const [first = '', second = ''] = models
    const candidates = Object.freeze([candidate(second, 1, 5n), candidate(first, 0, 9n)])
    strategy(candidates, Object.freeze(signals()))
    expect(candidates.map(modelId)).toEqual([second, first])
  })
})

describe.each(Object.values(POLICIES))('$strategy', (policy) => {
  it('names each of its models once', () => {
    const models = modelsOf(policy, ROUTES)
    expect([...models].sort()).toEqual([...MODELS].sort())
  })
})
