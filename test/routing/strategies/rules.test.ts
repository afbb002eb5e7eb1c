import { describe, expect, it } from 'vitest'
import type { Signals } from '../../../src/core/candidate.ts'
import type { RoutePolicy, RuleCondition } from '../../../src/core/route-policy.ts'
import { candidate, order, rank, reasons, signals } from '../given.ts'

const both = [candidate('a/match', 0), candidate('b/other', 1)]

function policy(...when: RuleCondition[]): RoutePolicy {
  return { strategy: 'rules', rules: [{ name: 'it', when, models: ['a/match'] }], otherwise: ['b/other'] }
}

/** Berlin is an hour ahead of UTC in January. */
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 0, day, hour, minute)

describe('rules', () => {
  it.each<[string, RuleCondition, Partial<Signals>, Partial<Signals>]>([
    [
      'a tag',
      { type: 'tag', key: 'plan', values: ['free', 'trial'] },
      { tags: [{ key: 'plan', value: 'trial' }] },
      { tags: [{ key: 'plan', value: 'paid' }] },
    ],
    ['a project', { type: 'project', names: ['web'] }, { project: 'web' }, { project: 'app' }],
    ['an end user', { type: 'endUser', ids: ['u1', 'u2'] }, { endUser: 'u2' }, { endUser: null }],
    ['a least size', { type: 'inputTokens', atLeast: 100, atMost: null }, { inputTokens: 100 }, { inputTokens: 99 }],
    ['a most size', { type: 'inputTokens', atLeast: null, atMost: 100 }, { inputTokens: 100 }, { inputTokens: 101 }],
    [
      'needed abilities',
      { type: 'needs', abilities: ['vision', 'tools'] },
      { needs: ['vision', 'tools'] },
      { needs: ['tools'] },
    ],
    [
      'a time of day, to the minute',
      { type: 'time', zone: 'Europe/Berlin', days: [], from: 9 * 60, to: 17 * 60 },
      { now: at(5, 8) },
      { now: at(5, 7, 59) },
    ],
    [
      'its end',
      { type: 'time', zone: 'Europe/Berlin', days: [], from: 9 * 60, to: 17 * 60 },
      { now: at(5, 15, 59) },
      { now: at(5, 16) },
    ],
    [
      'a time over midnight',
      { type: 'time', zone: 'UTC', days: [], from: 22 * 60, to: 6 * 60 },
      { now: at(5, 2) },
      { now: at(5, 12) },
    ],
    [
      'a day, by the date there',
      { type: 'time', zone: 'Europe/Berlin', days: ['sat'], from: 0, to: 0 },
      { now: at(2, 23, 30) },
      { now: at(3, 23, 30) },
    ],
  ])('decides by %s', (_name, condition, holding, not) => {
    expect(order(rank(policy(condition), both, signals(holding)))).toEqual(['a/match'])
    expect(order(rank(policy(condition), both, signals(not)))).toEqual(['b/other'])
  })

  it('needs all conditions, takes the first rule, and says which and why', () => {
    const two: RoutePolicy = {
      strategy: 'rules',
      rules: [
        {
          name: 'long and free',
          when: [
            { type: 'inputTokens', atLeast: 1_000, atMost: null },
            { type: 'tag', key: 'plan', values: ['free'] },
          ],
          models: ['a/match'],
        },
        { name: 'rest', when: [], models: ['b/other', 'a/match'] },
      ],
      otherwise: [],
    }
    const tags = [{ key: 'plan', value: 'free' }]
    const first = rank(two, both, signals({ inputTokens: 2_000, tags }))
    expect(reasons(first)).toEqual(['rule "long and free": input is at least 1000 tokens and tag plan is free'])
    expect(first.out.map(({ reason }) => reason)).toEqual(['the rule "long and free" applies and does not name it'])
    const second = rank(two, both, signals({ inputTokens: 2_000 }))
    expect(order(second)).toEqual(['b/other', 'a/match'])
    expect(second.signals).toEqual([{ name: 'rule', value: 'rest: it has no condition' }])
  })

  it('turns everybody away where no rule applies and nothing is said for that', () => {
    const ranking = rank(
      {
        strategy: 'rules',
        rules: [{ name: 'x', when: [{ type: 'project', names: ['no'] }], models: ['a/match'] }],
        otherwise: [],
      },
      both.slice(0, 1),
    )
    expect(ranking.ordered).toEqual([])
    expect(ranking.out.map(({ reason }) => reason)).toEqual(['no rule applies'])
  })
})
