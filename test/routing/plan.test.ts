import { describe, expect, it } from 'vitest'
import type { RoutePolicy } from '../../src/core/settings.ts'
import { expectedOutputTokens, expectedUsage } from '../../src/routing/expected-usage.ts'
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
  it('is the usual output, or the limit where that is lower', () => {
    const limited = (maxOutputTokens: number | null) =>
      expectedOutputTokens(
        asked('hi', { sampling: { maxOutputTokens, temperature: null, topP: null, stop: [], seed: null } }),
      )
    expect(limited(null)).toBe(500)
    expect(limited(20)).toBe(20)
    expect(limited(100_000)).toBe(500)
    expect(expectedUsage(request({ cachedInputTokens: 40 }))).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 500,
      estimated: true,
    })
  })
})
