import { describe, expect, it } from 'vitest'
import { readExpiry } from '../../src/cli/expiry.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

describe('readExpiry', () => {
  it.each([
    ['12h', '2026-01-01T12:00:00Z'],
    ['30d', '2026-01-31T00:00:00Z'],
    ['2027-01-31', '2027-01-31T00:00:00Z'],
    ['2026-06-01T10:00+02:00', '2026-06-01T08:00:00Z'],
  ])('reads %s', (text, at) => {
    expect(readExpiry(text, NOW)).toBe(Date.parse(at))
  })

  it.each([
    ['tomorrow', 'Write 12h, 30d'],
    ['30', 'Write 12h, 30d'],
    ['2026-13-01', 'Write 12h, 30d'],
    ['2026-06-01T10:00', 'Write 12h, 30d'],
    ['2025-12-31', 'That time is past.'],
    ['0d', 'That time is past.'],
  ])('refuses %s', (text, message) => {
    expect(() => readExpiry(text, NOW)).toThrow(message)
  })
})
