import { GraphQLError } from 'graphql'

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})$/

/**
 * Reads a date and time with a time zone (ISO 8601, in the profile of RFC 3339) as milliseconds since 1970.
 * @throws GraphQLError where it is anything else, or a day that no calendar has
 */
export function parseDateTime(value: unknown): number {
  const match = typeof value === 'string' ? DATE_TIME.exec(value) : null
  const ms = match ? Date.parse(match[0].toUpperCase()) : Number.NaN
  if (!match || Number.isNaN(ms) || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    throw new GraphQLError('A DateTime is an ISO 8601 date and time with a time zone, such as "2025-01-31T09:30:00Z".')
  }
  return ms
}

function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}
