import type { TimeRange, UsageInterval } from '../core/ledger.ts'
import { ceilDay, ceilMonth, DAY_MS, floorDay, floorMonth, HOUR_MS } from './calendar.ts'
import type { Grain, NamedKind } from './rollup-kinds.ts'

/** A stretch of time, and what is read for it: a rollup's grain, the hourly rollup, or the calls themselves. */
export interface Segment extends TimeRange {
  readonly source: Grain | 'hourly' | 'calls'
}

/** How far rollups are made, in milliseconds since 1970. */
export interface RollupState {
  /** Days before it are summed up. */
  readonly compacted: number
  /** Calls made before it may be gone. */
  readonly kept: number
  /** Days before `compacted` whose calls changed since, in rising order. */
  readonly late: readonly number[]
}

export interface SegmentRequest {
  readonly interval: UsageInterval | null
  /** Null where no kind knows all that is asked for. */
  readonly kind: NamedKind | null
  /** Whether the hourly rollup knows all that is asked for. */
  readonly byHour: boolean
  readonly state: RollupState
}

/**
 * Divides a range so that as few rows as possible are read and the sum is exact: months and days that are summed up, the
 * hourly rollup, and calls for what is left: the broken hours at both ends, days that are not over, and days that changed.
 */
export function segmentsOf(range: TimeRange, request: SegmentRequest): Segment[] {
  const { kind, state } = request
  const { from, to } = whereCallsAreGone(range, request)
  const firstDay = ceilDay(from)
  const endDay = Math.min(floorDay(to), state.compacted)
  if (kind === null || firstDay >= endDay) return merged(raw(from, to, request))
  const segments = raw(from, firstDay, request)
  let at = firstDay
  for (const day of state.late.filter((late) => late >= firstDay && late < endDay)) {
    segments.push(...summedUp(at, day, request), ...raw(day, day + DAY_MS, request))
    at = day + DAY_MS
  }
  segments.push(...summedUp(at, endDay, request), ...raw(endDay, to, request))
  return merged(segments)
}

/**
 * There, an end of the range that lies within an hour (or within what the rollup has instead) moves outwards, since
 * nobody knows which of its calls belong to the range.
 */
function whereCallsAreGone(range: TimeRange, { kind, byHour, state }: SegmentRequest): TimeRange {
  const { kept } = state
  if (range.from >= kept || range.from >= range.to) return range
  const byDay = kind === null || kind.grains.includes('DAY')
  const [floor, ceil] = byHour ? [floorHour, ceilHour] : byDay ? [floorDay, ceilDay] : [floorMonth, ceilMonth]
  return { from: floor(range.from), to: range.to < kept ? ceil(range.to) : range.to }
}

const floorHour = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS
const ceilHour = (ms: number) => Math.ceil(ms / HOUR_MS) * HOUR_MS

/** A stretch of whole days that are summed up. */
function summedUp(from: number, to: number, request: SegmentRequest): Segment[] {
  const { kind, interval, state } = request
  if (from >= to || kind === null) return []
  if (interval === 'HOUR') {
    if (kind.grains.includes('HOUR')) return [{ source: 'HOUR', from, to }]
    if (request.byHour || from >= state.kept) return raw(from, to, request)
    return kind.grains.includes('DAY') ? [{ source: 'DAY', from, to }] : [{ source: 'MONTH', from, to }]
  }
  const [firstMonth, endMonth] = [ceilMonth(from), floorMonth(to)]
  if (interval === 'DAY' || firstMonth >= endMonth) return days(from, to, request)
  return [
    ...days(from, firstMonth, request),
    { source: 'MONTH' as const, from: firstMonth, to: endMonth },
    ...days(endMonth, to, request),
  ]
}

function days(from: number, to: number, request: SegmentRequest): Segment[] {
  if (request.kind?.grains.includes('DAY')) return [{ source: 'DAY', from, to }]
  // Where the calls are gone, the month is the least that is known.
  const { kept } = request.state
  return [{ source: 'MONTH', from, to: Math.min(to, kept) }, ...raw(Math.max(from, kept), to, request)]
}

function raw(from: number, to: number, { byHour }: SegmentRequest): Segment[] {
  if (!byHour) return [{ source: 'calls', from, to }]
  const [firstHour, endHour] = [ceilHour(from), floorHour(to)]
  if (firstHour >= endHour) return [{ source: 'calls', from, to }]
  return [
    { source: 'calls', from, to: firstHour },
    { source: 'hourly', from: firstHour, to: endHour },
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
