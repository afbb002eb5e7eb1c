import { InvalidArgumentError } from 'commander'

const MOMENT = /^\d{4}-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?)?$/

/** Reads a month, a date, or a date and time in UTC, as milliseconds since 1970: the first of what it names. */
export function readMoment(text: string): number {
  const ms = MOMENT.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(ms)) return ms
  throw new InvalidArgumentError('Write a month, a date or a time in UTC: 2025-06, 2025-06-30 or 2025-06-30T12:00:00Z.')
}
