import { describe, expect, it } from 'vitest'
import { newCallId, timeOfCallId } from '../../src/core/call-id.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'

function clockAt(now: () => number): Clock {
  return { ...systemClock, now }
}

describe('call ids', () => {
  it('are UUIDs of version 7 with their time', () => {
    const id = newCallId(clockAt(() => 1_700_000_000_123))
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(timeOfCallId(id)).toBe(1_700_000_000_123)
  })

  it('rise strictly, also when the clock stands, goes back or more are made than a millisecond counts', () => {
    let at = 1_700_000_000_000
    const clock = clockAt(() => at)
    const ids = Array.from({ length: 10_000 }, (_, i) => {
      if (i === 9_000) at -= 5_000
      return newCallId(clock)
    })
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(ids.length)
    expect(timeOfCallId(ids.at(-1) ?? '')).toBeLessThan(at + 5_010)
  })

  it('use the whole range of the random part', () => {
    expect(
      newCallId(
        clockAt(() => 0),
        () => 0,
      ),
    ).toBe('00000000-0000-7000-8000-000000000000')
    expect(
      newCallId(
        clockAt(() => 2 ** 48 - 1),
        () => 1 - 2 ** -53,
      ),
    ).toBe('ffffffff-ffff-77ff-bfff-ffffffffffff')
  })

  it('have no time where they are none', () => {
    for (const text of [
      '',
      'nonsense',
      '018f0000-0000-4000-8000-000000000001',
      '018f0000-0000-7000-8000-00000000000',
    ]) {
      expect(timeOfCallId(text)).toBeNull()
    }
  })
})
