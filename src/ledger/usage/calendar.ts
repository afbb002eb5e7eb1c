export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The start of the hour of a time in milliseconds since 1970. */
export function floorHour(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS
}

/** The start of the first hour that does not begin before a time. */
export function ceilHour(ms: number): number {
  return Math.ceil(ms / HOUR_MS) * HOUR_MS
}

/** The start of the day (UTC) of a time in milliseconds since 1970. */
export function floorDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS
}

/** The start of the first day (UTC) that does not begin before a time. */
export function ceilDay(ms: number): number {
  return Math.ceil(ms / DAY_MS) * DAY_MS
}

/** The start of the month (UTC) of a time. */
export function floorMonth(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/** The start of the first month (UTC) that does not begin before a time. */
export function ceilMonth(ms: number): number {
  const start = floorMonth(ms)
  return start === ms ? ms : floorMonth(start + 32 * DAY_MS)
}
