import { expect, it } from 'vitest'
import { readMoment } from '../../src/cli/moment.ts'

it.each([
  ['2025-06', '2025-06-01T00:00:00.000Z'],
  ['2025-06-30', '2025-06-30T00:00:00.000Z'],
  ['2025-06-30T12:05Z', '2025-06-30T12:05:00.000Z'],
  ['2025-06-30T12:05:09.25Z', '2025-06-30T12:05:09.250Z'],
])('%s is %s', (text, iso) => {
  expect(new Date(readMoment(text)).toISOString()).toBe(iso)
})

it.each(['', 'May', '2025', '2025-13', '2025-06-30T12:05', '06/30/2025'])('"%s" is no moment', (text) => {
  expect(() => readMoment(text)).toThrow('Write a month, a date or a time in UTC')
})
