import { InvalidArgumentError } from 'commander'

const UNITS = { h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^(\d{1,5})(h|d)$/
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/**
 * Reads when something ends: `12h` and `30d` from now on, `2027-01-31` (its start, UTC), or a time with its zone.
 * @returns milliseconds since 1970
 * @throws InvalidArgumentError where it is none of these, or past
 */
export function readExpiry(text: string, now: number): number {
  const at = timeOf(text, now)
  if (Number.isNaN(at)) {
    throw new InvalidArgumentError('Write 12h, 30d, 2027-01-31 or 2027-01-31T12:00:00Z.')
  }
  if (at <= now) throw new InvalidArgumentError('That time is past.')
  return at
}

function timeOf(text: string, now: number): number {
  const [, count, unit] = DURATION.exec(text) ?? []
  if (unit === 'h' || unit === 'd') return now + Number(count) * UNITS[unit]
  return DATE.test(text) ? Date.parse(text) : Number.NaN
}
