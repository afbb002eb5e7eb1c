import { describe, expect, it } from 'vitest'
import { asked } from '../../router/asked.ts'
import { candidate, order, rank, signals } from '../given.ts'

describe('complexity', () => {
  const policy = {
    strategy: 'complexity',
    tiers: { simple: ['a/small', 'b/small'], complex: ['a/large', 'b/small'] },
  } as const
  const three = [candidate('a/small', 0), candidate('b/small', 1), candidate('a/large', 2)]

  it('asks the simple tier for simple things', () => {
    const ranking = rank(policy, three, signals())
    expect(order(ranking)).toEqual(['a/small', 'b/small', 'a/large'])
    expect(ranking.ordered[0]?.reason).toMatch(/^simple tier: the request scored 0\.\d\d, complex from 0\.5$/)
    expect(ranking.ordered[2]?.reason).toBe('complex tier, behind the simple one')
  })

  it('asks the complex tier for complex things, and says what made it so', () => {
    const conversation = asked('Prove that there are infinitely many primes.')
    const ranking = rank(policy, three, signals({ conversation }))
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
