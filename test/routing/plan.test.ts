import { describe, expect, it } from 'vitest'
import { type ModelAbilities, neededAbilities, UNKNOWN_ABILITIES } from '../../src/core/abilities.ts'
import type { ModelInfo } from '../../src/core/catalog.ts'
import type { RoutePolicy } from '../../src/core/route-policy.ts'
import type { RankedPlan } from '../../src/core/routing.ts'
import { expectation, expectedUsage } from '../../src/routing/expected-usage.ts'
import { planRoute } from '../../src/routing/plan.ts'
import { type KnownTarget, resolveTarget } from '../../src/routing/resolve-target.ts'
import { asked } from '../router/asked.ts'
import { DEFAULTS, facts, ids, info, price, providers, request, route } from './given.ts'

const NAMES = providers('a', 'b', 'c')

function target(policy: RoutePolicy, fallbacks: readonly string[] = [], maxCost: bigint | null = null): KnownTarget {
  const routes = [route('main', policy, { maxCost })]
  const found = resolveTarget('main', fallbacks, { routes, providers: NAMES, defaults: DEFAULTS })
  if (found.type === 'unknown') throw new Error(found.message)
  return found
}

const PRIORITY: RoutePolicy = { strategy: 'priority', models: ['a/one', 'b/one'] }

describe('planRoute', () => {
  it('ranks, estimates and explains', () => {
    const plan = planRoute(target(PRIORITY), request(), [facts('a/one', { price: null }), facts('b/one')])
    expect(plan).toEqual({
      route: 'main',
      strategy: 'priority',
      candidates: [
        { provider: 'a', model: 'one', reason: "first in the route's order", eligible: true, estimatedCost: null },
        {
          provider: 'b',
          model: 'one',
          reason: "second in the route's order",
          eligible: true,
          estimatedCost: 600_000_000n,
        },
      ],
      signals: [],
      variants: [],
      shadows: [],
    })
  })

  it('plans one model as a route of its own', () => {
    const alone = resolveTarget('a/one', ['b/one'], { routes: [], providers: NAMES, defaults: DEFAULTS })
    if (alone.type === 'unknown') throw new Error(alone.message)
    const plan = planRoute(alone, request(), [facts('b/one'), facts('a/one')])
    expect(plan).toMatchObject({ route: 'a/one', strategy: 'priority' })
    expect(plan.candidates.map(({ reason }) => reason)).toEqual([
      'the model that was asked for',
      "first of the caller's fallbacks",
    ])
  })

  it("tries the caller's fallbacks behind the route's own models, however cheap they are", () => {
    const cheapest = target({ strategy: 'cheapest', models: ['a/one', 'b/one'] }, ['c/two', 'c/one'])
    const plan = planRoute(cheapest, request(), [
      facts('c/one', { price: price(1n) }),
      facts('c/two', { price: price(2n) }),
      facts('a/one', { price: price(9n) }),
      facts('b/one', { price: price(8n) }),
    ])
    expect(ids(plan.candidates)).toEqual(['b/one', 'a/one', 'c/two', 'c/one'])
  })

  it('puts what can not answer last, with what is in its way', () => {
    const everything = target({ strategy: 'priority', models: ['a/1', 'a/2', 'a/3', 'a/4', 'gone/5', 'b/6'] })
    const issues = [
      { path: ['tools', '0', 'strict'], message: 'no' },
      { path: ['seed'], message: 'no' },
      { path: ['seed'], message: 'still no' },
    ]
    const plan = planRoute(everything, request({ inputTokens: 10_000, maxCost: 20_000_000_000n }), [
      facts('a/1', { unsupported: issues }),
      facts('a/2', { info: info('a/2', { contextWindow: 4_096 }) }),
      facts('a/3', { price: null }),
      facts('a/4', { price: price(2_000_000n) }),
      facts('b/6'),
    ])
    expect(
      plan.candidates.map(({ provider, model, eligible, reason }) => [`${provider}/${model}`, eligible, reason]),
    ).toEqual([
      ['b/6', true, "sixth in the route's order"],
      ['a/1', false, "out: a can't express tools.0.strict, seed"],
      ['a/2', false, 'out: the input has about 10000 tokens and its context window only 4096'],
      ['a/3', false, 'out: it has no known price, so maxCostUsd could not be kept'],
      ['a/4', false, 'out: about $0.021 for this request, more than maxCostUsd allows ($0.02)'],
      ['gone/5', false, 'out: no provider "gone" is configured'],
    ])
  })

  it("takes the route's bound where the caller gives none, and the caller's before it", () => {
    const bounded = target(PRIORITY, [], 1n)
    const both = [facts('a/one'), facts('b/one')]
    expect(planRoute(bounded, request(), both).candidates.every(({ eligible }) => !eligible)).toBe(true)
    expect(
      planRoute(bounded, request({ maxCost: 10n ** 12n }), both).candidates.every(({ eligible }) => eligible),
    ).toBe(true)
  })

  it('keeps a model whose input estimate is only a little above its window', () => {
    const near = [facts('a/one', { info: info('a/one', { contextWindow: 1_000 }) })]
    const at = (inputTokens: number) =>
      planRoute(target(PRIORITY), request({ inputTokens }), near).candidates[0]?.eligible
    expect(at(1_250)).toBe(true)
    expect(at(1_251)).toBe(false)
  })

  it('keeps a model with an open circuit in its place and says so', () => {
    const plan = planRoute(target(PRIORITY), request(), [
      facts('a/one', { circuit: 'OPEN' }),
      facts('b/one', { circuit: 'HALF_OPEN' }),
    ])
    expect(ids(plan.candidates)).toEqual(['a/one', 'b/one'])
    expect(plan.candidates[0]).toMatchObject({ eligible: true, reason: expect.stringContaining('its circuit is open') })
    expect(plan.candidates[1]).toMatchObject({ eligible: true, reason: expect.stringContaining('half open') })
  })
})

describe('the expected usage', () => {
  const limited = (maxOutputTokens: number | null) =>
    asked('hi', { sampling: { maxOutputTokens, temperature: null, topP: null, stop: [], seed: null } })
  const nothing = { ofModel: null, ofRoute: null }
  const history = (answers: number, outputTokens: number) => ({ answers, outputTokens, cachedShare: 0.4 })

  it('is the usual output, or the limit where that is lower', () => {
    expect(expectation(limited(null), 100, nothing)).toEqual({ outputTokens: 500, cachedInputTokens: 0, answers: 0 })
    expect(expectation(limited(20), 100, nothing).outputTokens).toBe(20)
    expect(expectation(limited(100_000), 100, nothing).outputTokens).toBe(500)
  })

  it('is that of the last answers of the model, else of the route, where there are enough', () => {
    const ofModel = history(9, 120.4)
    const ofRoute = history(50, 800)
    expect(expectation(limited(null), 101, { ofModel, ofRoute })).toEqual({
      outputTokens: 120,
      cachedInputTokens: 40,
      answers: 9,
    })
    expect(expectation(limited(null), 101, { ofModel: history(2, 7), ofRoute })).toEqual({
      outputTokens: 800,
      cachedInputTokens: 0,
      answers: 50,
    })
    expect(expectation(limited(60), 101, { ofModel, ofRoute }).outputTokens).toBe(60)
    expect(expectation(limited(null), 101, { ofModel: null, ofRoute: history(4, 7) }).outputTokens).toBe(500)
  })

  it('is what is priced', () => {
    const expected = { outputTokens: 120, cachedInputTokens: 40, answers: 9 }
    expect(expectedUsage(100, expected)).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 120,
      estimated: true,
    })
  })
})

describe('abilities and requirements', () => {
  const able = (id: string, abilities: Partial<ModelAbilities>, more: Partial<ModelInfo> = {}) =>
    facts(id, { info: info(id, { abilities: { ...UNKNOWN_ABILITIES, ...abilities }, ...more }) })
  const reasonsOf = (plan: RankedPlan) => plan.candidates.map(({ reason }) => reason)

  it('take models out before any ranking', () => {
    const plan = planRoute(target(PRIORITY), request({ needs: ['vision', 'tools'] }), [
      able('a/one', { vision: false, tools: false, jsonSchema: false }),
      able('b/one', { vision: true }),
    ])
    expect(ids(plan.candidates)).toEqual(['b/one', 'a/one'])
    expect(reasonsOf(plan)[1]).toBe('out: it takes no images and it has no tools')
  })

  it('are asked only of requests that need them', () => {
    const plan = planRoute(target(PRIORITY), request(), [able('a/one', { jsonSchema: false }), facts('b/one')])
    expect(ids(plan.candidates)).toEqual(['a/one', 'b/one'])
  })

  it("keep the caller's limit within the model's own", () => {
    const conversation = asked('hi', {
      sampling: { maxOutputTokens: 5_000, temperature: null, topP: null, stop: [], seed: null },
    })
    const plan = planRoute(target(PRIORITY), request({ conversation }), [
      able('a/one', {}, { maxOutputTokens: 4_096 }),
      able('b/one', {}, { maxOutputTokens: 5_000 }),
    ])
    expect(reasonsOf(plan)[1]).toBe('out: maxOutputTokens is 5000 and its own limit 4096')
  })

  it('hold for fallbacks too, and an unknown region is none', () => {
    const requires = { regions: ['eu', 'ch'], dataPolicies: ['no-training'] }
    const plan = planRoute(
      { ...target(PRIORITY, ['c/one']), route: route('main', PRIORITY, { requires }) },
      request(),
      [
        able('a/one', {}, { region: 'ch', dataPolicy: 'no-training' }),
        able('b/one', {}, { region: 'eu', dataPolicy: 'zero' }),
        facts('c/one'),
      ],
    )
    expect(reasonsOf(plan)).toEqual([
      "first in the route's order",
      'out: its data policy is zero, not no-training, as the route requires',
      'out: its region is not known, not eu or ch, as the route requires',
    ])
  })

  it('hold for shadows, which need a price too', () => {
    const policy: RoutePolicy = {
      strategy: 'shadow',
      models: ['a/one'],
      shadows: ['b/one', 'b/blind', 'b/free', 'gone/x'],
      share: 1,
      budget: { amount: 1n, per: 'day' },
    }
    const plan = planRoute(target(policy), request({ needs: ['vision'] }), [
      facts('a/one'),
      facts('b/one'),
      able('b/blind', { vision: false }),
      facts('b/free', { price: null }),
    ])
    expect(ids(plan.candidates)).toEqual(['a/one'])
    expect(plan.shadows).toEqual([{ provider: 'b', model: 'one', route: 'main' }])
    expect(plan.signals.map(({ value }) => value).slice(1)).toEqual([
      'no copy to b/blind: out: it takes no images',
      'no copy to b/free: it has no known price, so the budget could not be kept',
      'no copy to gone/x: its provider is not configured',
    ])
  })

  it('follow from the request', () => {
    const image = { type: 'image', url: 'https://example.com/cat.png' } as const
    const tool = { name: 'clock', description: null, parameters: {}, strict: null }
    expect(neededAbilities(asked('hi'))).toEqual([])
    expect(
      neededAbilities(
        asked('hi', {
          messages: [{ role: 'user', parts: [image] }],
          tools: [tool],
          output: { type: 'schema', name: 'x', schema: {} },
        }),
      ),
    ).toEqual(['vision', 'tools', 'jsonSchema'])
  })
})
