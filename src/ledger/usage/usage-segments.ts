import type { TimeRange } from '../../core/time-range.ts'
import type { UsageInterval } from '../../core/usage-report.ts'
import { ceilDay, ceilHour, ceilMonth, DAY_MS, floorDay, floorHour, floorMonth } from './calendar.ts'
import type { Grain, KindsByGrain } from './rollup-kinds.ts'

/** A stretch of time, and what is read for it: a rollup's grain, the hourly rollup, or the calls themselves. */
export interface Segment extends TimeRange {
  readonly source: Grain | 'hourly' | 'calls'
  /** Of calls: only those of these days; all of the stretch unless told. */
  readonly days?: readonly number[]
}

/** How far rollups are made, in milliseconds since 1970. */
export interface RollupState {
  /** Days before it are summed up, and of its own day the hours. */
  readonly compacted: number
  /** From here on there are rows by hour. */
  readonly recent: number
  /** Calls made before it may be gone. */
  readonly kept: number
  /** Days before `compacted` whose calls changed since, in rising order. */
  readonly late: readonly number[]
}

export interface SegmentRequest {
  readonly interval: UsageInterval | null
  /** Those that know all that is asked for. */
  readonly kinds: KindsByGrain
  /** Whether the hourly rollup knows all that is asked for. */
  readonly byHour: boolean
  readonly state: RollupState
}

/**
 * Divides a range so that as few rows as possible are read and the sum is exact: months and days that are summed up, the
 * hourly rollup or recent hours, and calls for what is left: the broken hours at both ends, the last ones, and days that changed.
 */
export function segmentsOf(range: TimeRange, request: SegmentRequest): Segment[] {
  const { kinds, state } = request
  const { from, to } = knownRange(range, request)
  const firstDay = ceilDay(from)
  const endDay = Math.min(floorDay(to), floorDay(state.compacted))
  if (!isSummedUp(kinds) || firstDay >= endDay) return merged(raw(from, to, request))
  const segments = raw(from, firstDay, request)
  let at = firstDay
  for (const day of state.late.filter((late) => late >= firstDay && late < endDay)) {
    segments.push(...summedUp(at, day, request), ...raw(day, day + DAY_MS, request))
    at = day + DAY_MS
  }
  segments.push(...summedUp(at, endDay, request), ...raw(endDay, to, request))
  return merged(segments)
}

/** The calls of some days, where segments read a rollup that lacks something of theirs. */
export function callsOfDays(segments: readonly Segment[], days: readonly number[]): Segment[] {
  return segments.flatMap(({ source, from, to }) => {
    const within = source === 'calls' || source === 'hourly' ? [] : days.filter((day) => day >= from && day < to)
    const [first, last] = [within.at(0), within.at(-1)]
    if (first === undefined || last === undefined) return []
    return [{ source: 'calls' as const, from: first, to: last + DAY_MS, days: within }]
  })
}

/** Whether a rollup knows what is asked for: whatever is summed up is so by day. */
export function isSummedUp(kinds: KindsByGrain): boolean {
  return kinds.DAY !== null
}

/**
 * Where calls are gone, an end of the range that lies within an hour (or a day, where nothing is known by hour) moves
 * outwards, since nobody knows which of its calls belong to the range.
 */
export function knownRange(range: TimeRange, { byHour, state }: SegmentRequest): TimeRange {
  const { kept } = state
  if (range.from >= kept || range.from >= range.to) return range
  const [floor, ceil] = byHour ? [floorHour, ceilHour] : [floorDay, ceilDay]
  return { from: floor(range.from), to: range.to < kept ? ceil(range.to) : range.to }
}

/** A stretch of whole days that are summed up. */
function summedUp(from: number, to: number, request: SegmentRequest): Segment[] {
  const { kinds, interval, state } = request
  if (from >= to) return []
  if (interval === 'HOUR') {
    if (kinds.HOUR !== null) return [{ source: 'HOUR', from, to }]
    if (request.byHour || from >= Math.min(state.kept, state.recent)) return raw(from, to, request)
    return [{ source: 'DAY', from, to }]
  }
  const [firstMonth, endMonth] = [ceilMonth(from), floorMonth(to)]
  if (interval === 'DAY' || kinds.MONTH === null || firstMonth >= endMonth) return [{ source: 'DAY', from, to }]
  return [
    { source: 'DAY', from, to: firstMonth },
    { source: 'MONTH', from: firstMonth, to: endMonth },
    { source: 'DAY', from: endMonth, to },
  ]
}

/** A stretch that is not divided into whole days that are summed up. */
function raw(from: number, to: number, request: SegmentRequest): Segment[] {
  const { byHour, kinds, state } = request
  if (byHour) return hours('hourly', { from, to }, { from, to })
  if (kinds.RECENT === null) return [{ source: 'calls', from, to }]
  const late = state.late.find((day) => day < to && day + DAY_MS > from)
  const recent = { from: state.recent, to: state.compacted }
  if (late === undefined) return hours('RECENT', { from, to }, recent)
  return [
    ...hours('RECENT', { from, to: late }, recent),
    { source: 'calls', from: Math.max(from, late), to: Math.min(to, late + DAY_MS) },
    ...(late + DAY_MS < to ? raw(late + DAY_MS, to, request) : []),
  ]
}

/** The whole hours of a range that are in a rollup, and the calls of what is left of it. */
function hours(source: 'hourly' | 'RECENT', { from, to }: TimeRange, made: TimeRange): Segment[] {
  const [firstHour, endHour] = [ceilHour(Math.max(from, made.from)), floorHour(Math.min(to, made.to))]
  if (firstHour >= endHour) return [{ source: 'calls', from, to }]
  return [
    { source: 'calls', from, to: firstHour },
    { source, from: firstHour, to: endHour },
    { source: 'calls', from: endHour, to },
  ]
}

/** Neighbours of the same source become one. */
function merged(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = []
  for (const segment of segments) {
    if (segment.from >= segment.to) continue
    const last = result.at(-1)
    if (last && last.source === segment.source && last.to === segment.from) {
      result[result.length - 1] = { ...last, to: segment.to }
    } else result.push(segment)
  }
  return result
}
