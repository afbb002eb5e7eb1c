import { type TimeCondition, WEEKDAYS, type Weekday } from '../core/route-policy.ts'

interface LocalTime {
  readonly day: Weekday
  /** Since midnight. */
  readonly minutes: number
}

const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 1_440

/** Making one takes about 50 µs, using it two. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether a moment, in milliseconds since 1970, is on a condition's days and between its times. */
export function isWithin({ zone, days, from, to }: TimeCondition, now: number): boolean {
  const { day, minutes } = localTime(zone, now)
  if (days.length > 0 && !days.includes(day)) return false
  return from < to ? from <= minutes && minutes < to : from <= minutes || minutes < to
}

/** Minutes since midnight as people write them: "08:30". */
export function clockTime(minutes: number): string {
  const two = (number: number) => `${number}`.padStart(2, '0')
  return `${two(Math.floor((minutes % MINUTES_PER_DAY) / MINUTES_PER_HOUR))}:${two(minutes % MINUTES_PER_HOUR)}`
}

function localTime(zone: string, now: number): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const shown = (parts.get('weekday') ?? '').toLowerCase()
  const day = WEEKDAYS.find((name) => name === shown) ?? 'mon'
  const minutes = Number(parts.get('hour')) * MINUTES_PER_HOUR + Number(parts.get('minute'))
  return { day, minutes }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(zone, format)
  return format
}
