import { expect, it } from 'vitest'
import { readDuration } from '../../src/cli/duration.ts'

const MONTH_MS = 30 * 86_400_000

it.each([
  ['0', 0],
  ['30m', 1_800_000],
  ['24h', 86_400_000],
  ['30d', MONTH_MS],
])('reads %s', (text, ms) => {
  expect(readDuration(text, MONTH_MS)).toBe(ms)
})

it.each(['', '5', '-1h', '1.5h', '1w', 'h', '0x1h'])('does not read "%s"', (text) => {
  expect(() => readDuration(text, MONTH_MS)).toThrow('Write 30m, 24h, 7d or 0.')
})

it('has an end', () => {
  expect(() => readDuration('31d', MONTH_MS)).toThrow('Write at most 30d.')
})
