import { expect, it } from 'vitest'
import { collectProblems } from '../../src/config/problem.ts'
import { resolveRetention } from '../../src/config/resolve-retention.ts'

function read(value: unknown) {
  const problems = collectProblems()
  return { retention: resolveRetention(value, problems), problems: problems.list() }
}

it('keeps everything where nothing is said', () => {
  expect(read(undefined)).toEqual({ retention: { calls: null, payloads: null }, problems: [] })
  expect(read({})).toEqual({ retention: { calls: null, payloads: null }, problems: [] })
})

it.each([
  ['30 days', { count: 30, unit: 'days' }],
  ['1 day', { count: 1, unit: 'days' }],
  ['13 months', { count: 13, unit: 'months' }],
  ['1 month', { count: 1, unit: 'months' }],
  ['2 years', { count: 24, unit: 'months' }],
])('reads %s', (text, period) => {
  expect(read({ calls: text, payloads: text })).toEqual({
    retention: { calls: period, payloads: period },
    problems: [],
  })
})

it.each(['0 days', '13', 'months', '1.5 years', '-1 days', 13, null, ''])('refuses %j, with its path', (value) => {
  const { problems } = read({ calls: value })
  expect(problems).toEqual([expect.objectContaining({ path: 'retention.calls' })])
})

it('refuses what it does not know, and says what may be meant', () => {
  expect(read({ call: '30 days' }).problems).toEqual([
    expect.objectContaining({ path: 'retention', message: expect.stringContaining('"calls"') }),
  ])
})
