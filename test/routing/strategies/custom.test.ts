import { describe, expect, it } from 'vitest'
import type { CustomStrategy } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons, signals } from '../given.ts'

const both = [candidate('b/two', 1, 5n), candidate('a/one', 0, 9n)]

const by = (strategy: unknown, given = signals()) =>
  rank({ strategy: 'custom', models: ['a/one', 'b/two'], rank: strategy as CustomStrategy }, both, given)

describe('a strategy of the user’s own', () => {
  it('puts the candidates in its order, with its reasons', () => {
    const cheapFirst: CustomStrategy = (candidates) =>
      [...candidates]
        .sort((a, b) => Number((a.estimatedCost ?? 0n) - (b.estimatedCost ?? 0n)))
        .map(({ target }, place) => (place === 0 ? { target, reason: 'as  the house\nwants it' } : target))
    expect(order(by(cheapFirst))).toEqual(['b/two', 'a/one'])
    expect(reasons(by(cheapFirst))).toEqual(['as the house wants it', "second by the route's own strategy"])
  })

  it('sees the candidates in the route’s order and the signals', () => {
    const seen: unknown[] = []
    by(
      (candidates: readonly { target: string }[], { endUser }: { endUser: string }) => {
        seen.push(
          candidates.map(({ target }) => target),
          endUser,
        )
        return []
      },
      signals({ endUser: 'u1' }),
    )
    expect(seen).toEqual([['a/one', 'b/two'], 'u1'])
  })

  it.each<[string, unknown, string]>([
    [
      'throws',
      () => {
        throw new Error('not today')
      },
      'not today',
    ],
    [
      'throws no error',
      () => {
        throw 'away'
      },
      'away',
    ],
    ['returns nothing', () => undefined, 'it returned no list'],
    ['is asynchronous', async () => ['a/one', 'b/two'], 'it returned a promise, but has to answer at once'],
    [
      'fails asynchronously',
      async () => {
        throw new Error('later')
      },
      'it returned a promise, but has to answer at once',
    ],
    ['loses one', () => ['b/two'], 'it left out a/one'],
    ['invents one', () => ['b/two', 'a/one', 'c/three'], 'it named c/three, which is no candidate or was named before'],
    ['names one twice', () => ['b/two', 'b/two'], 'it named b/two, which is no candidate or was named before'],
    ['returns other things', () => [7, null], 'it returned something that names no target'],
    [
      'changes what it is given',
      (all: { target: string }[]) =>
        all.map((each) => {
          each.target = 'x/y'
          return 'x/y'
        }),
      'Cannot assign to read only property',
    ],
  ])('that %s leaves the route’s order, and says so', (_name, strategy, fault) => {
    const ranking = by(strategy)
    expect(order(ranking)).toEqual(['a/one', 'b/two'])
    expect(reasons(ranking)[0]).toBe("first in the route's order, since its own strategy failed")
    expect(ranking.signals).toEqual([{ name: 'strategy failed', value: expect.stringContaining(fault) }])
  })
})
