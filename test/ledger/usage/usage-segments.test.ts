import { describe, expect, it } from 'vitest'
import type { TimeRange } from '../../../src/core/time-range.ts'
import type { UsageInterval } from '../../../src/core/usage-report.ts'
import { NO_KINDS, smallestKinds } from '../../../src/ledger/usage/rollup-kinds.ts'
import {
  callsOfDays,
  type RollupState,
  type Segment,
  type SegmentRequest,
  segmentsOf,
} from '../../../src/ledger/usage/usage-segments.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const COMPACTED = Date.UTC(2030, 5, 15)
const at = (text: string) => Date.parse(`2030-${text}Z`)

const total = smallestKinds('ALL', new Set())
const byModel = smallestKinds('ALL', new Set(['model'] as const))
const byKey = smallestKinds('ALL', new Set(['api_key_id'] as const))
const byUserAndModel = smallestKinds('USER', new Set(['end_user', 'model'] as const))

const made: RollupState = { compacted: COMPACTED, recent: at('05-06T00:00'), kept: 0, late: [] }

function request(over: Partial<SegmentRequest> = {}): SegmentRequest {
  return { interval: null, kinds: byModel, byHour: true, state: made, ...over }
}

const shown = (range: TimeRange, over: Partial<SegmentRequest>) =>
  segmentsOf(range, request(over)).map(
    ({ source, from, to }) =>
      `${source} ${new Date(from).toISOString().slice(5, 16)} ${new Date(to).toISOString().slice(5, 16)}`,
  )

describe('what is read for a range', () => {
  it('is months, days, hours and calls, the largest that fit', () => {
    expect(shown({ from: at('02-27T22:30'), to: at('06-15T02:10') }, {})).toEqual([
      'calls 02-27T22:30 02-27T23:00',
      'hourly 02-27T23:00 02-28T00:00',
      'DAY 02-28T00:00 03-01T00:00',
      'MONTH 03-01T00:00 06-01T00:00',
      'DAY 06-01T00:00 06-15T00:00',
      'hourly 06-15T00:00 06-15T02:00',
      'calls 06-15T02:00 06-15T02:10',
    ])
  })

  it('is calls where a day changed', () => {
    const state = { ...made, late: [at('03-10T00:00')] }
    expect(shown({ from: at('02-01T00:00'), to: at('05-01T00:00') }, { state, byHour: false })).toEqual([
      'MONTH 02-01T00:00 03-01T00:00',
      'DAY 03-01T00:00 03-10T00:00',
      'calls 03-10T00:00 03-11T00:00',
      'DAY 03-11T00:00 04-01T00:00',
      'MONTH 04-01T00:00 05-01T00:00',
    ])
  })

  it('is days where rows are by day, and hours where they are by hour', () => {
    const range = { from: at('03-01T00:00'), to: at('04-01T00:00') }
    expect(shown(range, { interval: 'DAY' })).toEqual(['DAY 03-01T00:00 04-01T00:00'])
    expect(shown(range, { interval: 'HOUR' })).toEqual(['hourly 03-01T00:00 04-01T00:00'])
    expect(shown(range, { interval: 'HOUR', kinds: total })).toEqual(['HOUR 03-01T00:00 04-01T00:00'])
  })

  it('is calls of the days whose rollups lack something, besides the rollups of the others', () => {
    const segments = segmentsOf({ from: at('02-27T22:30'), to: at('06-15T02:10') }, request())
    const days = ['02-27', '03-05', '04-30', '06-14'].map((day) => at(`${day}T00:00`))
    expect(callsOfDays(segments, days)).toEqual([
      { source: 'calls', from: at('03-05T00:00'), to: at('05-01T00:00'), days: days.slice(1, 3) },
      { source: 'calls', from: at('06-14T00:00'), to: at('06-15T00:00'), days: days.slice(3) },
    ])
  })

  it('is days where there is no rollup by month', () => {
    const kinds = smallestKinds('USER', new Set(['end_user', 'model', 'status'] as const))
    expect(shown({ from: at('02-01T00:00'), to: at('05-01T00:00') }, { kinds, byHour: false })).toEqual([
      'DAY 02-01T00:00 05-01T00:00',
    ])
  })

  const NOON = COMPACTED + 12 * HOUR

  it('is recent hours where there are some, and calls before them and behind', () => {
    const state = { ...made, compacted: NOON }
    expect(shown({ from: at('05-10T20:30'), to: at('06-15T13:10') }, { kinds: byKey, byHour: false, state })).toEqual([
      'calls 05-10T20:30 05-10T21:00',
      'RECENT 05-10T21:00 05-11T00:00',
      'DAY 05-11T00:00 06-15T00:00',
      'RECENT 06-15T00:00 06-15T12:00',
      'calls 06-15T12:00 06-15T13:10',
    ])
    expect(shown({ from: at('05-05T20:30'), to: at('05-05T23:10') }, { kinds: byKey, byHour: false, state })).toEqual([
      'calls 05-05T20:30 05-05T23:10',
    ])
  })

  it('is calls for the recent hours of a day that changed', () => {
    const state = { ...made, compacted: NOON, late: [COMPACTED] }
    expect(shown({ from: at('06-14T20:30'), to: at('06-15T13:10') }, { kinds: byKey, byHour: false, state })).toEqual([
      'calls 06-14T20:30 06-14T21:00',
      'RECENT 06-14T21:00 06-15T00:00',
      'calls 06-15T00:00 06-15T13:10',
    ])
  })
})

const late = [at('03-10T00:00'), at('03-11T00:00'), at('05-31T00:00')]

/** Ranges that begin and end anywhere. */
const ranges = Array.from({ length: 200 }, (_, step): TimeRange => {
  const from = at('02-01T00:00') + ((step * 7_919 * HOUR) % (60 * DAY)) + (step % 3) * 1_234_567
  return { from, to: from + ((step * 104_729 * HOUR) % (130 * DAY)) + (step % 2) * 7_654_321 }
})

function expectWhole({ from, to }: TimeRange, segments: readonly Segment[]): void {
  expect(segments.at(0)?.from ?? from).toBe(from)
  expect(segments.at(-1)?.to ?? from).toBe(to)
  for (const [place, segment] of segments.entries()) {
    expect(segment.from).toBeLessThan(segment.to)
    expect(segments[place + 1]?.from ?? to).toBe(segment.to)
    const isSummedUp = segment.source !== 'calls' && segment.source !== 'hourly'
    expect(isSummedUp && late.some((day) => day >= segment.from && day < segment.to)).toBe(false)
  }
}

describe.each([null, 'HOUR', 'DAY', 'MONTH'] as readonly (UsageInterval | null)[])('by %s', (interval) => {
  it.each([true, false])('covers every range without a gap and reads nothing twice, by hour: %s', (byHour) => {
    const state = { ...made, late }
    for (const kinds of [total, byModel, byKey, byUserAndModel, NO_KINDS]) {
      for (const range of ranges) expectWhole(range, segmentsOf(range, request({ kinds, interval, state, byHour })))
    }
  })
})
