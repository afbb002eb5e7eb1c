import type { QuotaUnit, QuotaWindow } from '../../core/quota.ts'

/** A window of time: its first millisecond and, where it ends, the first behind it. */
export interface Period {
  readonly start: number
  readonly end: number | null
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The window that a time falls into; windows begin on UTC's minutes, hours, days and months. */
const PERIODS = {
  MINUTE: (at) => evenly(at, MINUTE_MS),
  HOUR: (at) => evenly(at, HOUR_MS),
  DAY: (at) => evenly(at, DAY_MS),
  MONTH: (at) => {
    const date = new Date(at)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) }
  },
  TOTAL: () => ({ start: 0, end: null }),
} as const satisfies Record<QuotaWindow, (at: number) => Period>

/** What is under way does not belong to a window of time, so calls at once are counted over all of it. */
export function periodOf(unit: QuotaUnit, window: QuotaWindow, at: number): Period {
  return PERIODS[unit === 'CONCURRENT_CALLS' ? 'TOTAL' : window](at)
}

function evenly(at: number, length: number): Period {
  const start = Math.floor(at / length) * length
  return { start, end: start + length }
}
