import { describe, expect, it } from 'vitest'
import { circuit } from '../../src/resilience/circuit.ts'
import { manualClock } from '../support/manual-clock.ts'

function failing(times: number) {
  const clock = manualClock()
  const tested = circuit(clock)
  for (let i = 0; i < times; i++) {
    tested.enter().failed()
  }
  return { clock, tested }
}

describe('circuit', () => {
  it('stays closed below five requests, however they end', () => {
    const { tested } = failing(4)
    expect(tested.state()).toBe('CLOSED')
    expect(tested.blockedForMs()).toBe(0)
  })

  it('opens for five seconds when half of at least five requests failed', () => {
    const { tested } = failing(3)
    tested.enter().succeeded()
    tested.enter().succeeded()
    expect(tested.state()).toBe('CLOSED')
    tested.enter().failed()
    expect(tested.state()).toBe('OPEN')
    expect(tested.blockedForMs()).toBe(5_000)
  })

  it('forgets failures that are older than thirty seconds', () => {
    const { clock, tested } = failing(4)
    clock.pass(33_001)
    tested.enter().failed()
    expect(tested.state()).toBe('CLOSED')
  })

  it('lets exactly one probe through once it is half-open', () => {
    const { clock, tested } = failing(5)
    clock.pass(5_000)
    expect(tested.state()).toBe('HALF_OPEN')
    expect(tested.blockedForMs()).toBe(0)
    tested.enter()
    expect(tested.blockedForMs()).toBeGreaterThan(0)
  })

  it('closes when the probe succeeds and starts counting anew', () => {
    const { clock, tested } = failing(5)
    clock.pass(5_000)
    tested.enter().succeeded()
    expect(tested.state()).toBe('CLOSED')
    tested.enter().failed()
    expect(tested.state()).toBe('CLOSED')
  })

  it('doubles its rest with each failed probe, up to a minute', () => {
    const { clock, tested } = failing(5)
    const rests = [10_000, 20_000, 40_000, 60_000, 60_000].map((rest) => {
      clock.pass(tested.blockedForMs())
      tested.enter().failed()
      expect(tested.blockedForMs()).toBe(rest)
      return tested.state()
    })
    expect(new Set(rests)).toEqual(new Set(['OPEN']))
  })

  it('lets another probe through when one ended without saying anything', () => {
    const { clock, tested } = failing(5)
    clock.pass(5_000)
    tested.enter().left()
    expect(tested.state()).toBe('HALF_OPEN')
    expect(tested.blockedForMs()).toBe(0)
  })

  it('lets no second probe through when a request that came before ends', () => {
    const { clock, tested } = failing(4)
    const older = tested.enter()
    tested.enter().failed()
    clock.pass(5_000)
    tested.enter()
    older.left()
    expect(tested.blockedForMs()).toBeGreaterThan(0)
  })

  it.each(['failed', 'succeeded'] as const)('goes by its probe, not by requests from before that %s late', (how) => {
    const { clock, tested } = failing(4)
    const older = [1, 2, 3, 4, 5, 6].map(() => tested.enter())
    tested.enter().failed()
    clock.pass(5_000)
    older[0]?.[how]()
    expect(tested.state()).toBe('HALF_OPEN')
    const probe = tested.enter()
    older[1]?.[how]()
    expect(tested.state()).toBe('HALF_OPEN')
    probe.succeeded()
    expect(tested.state()).toBe('CLOSED')
    for (const each of older.slice(2)) each[how]()
    expect(tested.state()).toBe('CLOSED')
    for (let i = 0; i < 4; i++) tested.enter().failed()
    expect(tested.state()).toBe('CLOSED')
  })

  it('closes on trial when its provider is there again: one failure opens it, for twice as long', () => {
    const { clock, tested } = failing(5)
    clock.pass(5_000)
    tested.enter().recovered()
    expect(tested.state()).toBe('CLOSED')
    tested.enter().failed()
    expect(tested.state()).toBe('OPEN')
    expect(tested.blockedForMs()).toBe(10_000)
  })

  it('is no longer on trial once a request has succeeded', () => {
    const { clock, tested } = failing(5)
    clock.pass(5_000)
    tested.enter().recovered()
    tested.enter().succeeded()
    for (let i = 0; i < 3; i++) tested.enter().failed()
    expect(tested.state()).toBe('CLOSED')
    tested.enter().failed()
    expect(tested.blockedForMs()).toBe(5_000)
  })

  it('takes no word of its provider while it is open', () => {
    const { tested } = failing(4)
    const older = tested.enter()
    tested.enter().failed()
    older.recovered()
    expect(tested.state()).toBe('OPEN')
  })
})
