import { type Clock, systemClock } from '../../src/core/clock.ts'

/** The real clock, which knows how many of its timers are still running. */
export interface CountingClock extends Clock {
  running(): number
}

export function countingClock(): CountingClock {
  const running = new Set<object>()
  return {
    now: systemClock.now,
    monotonic: systemClock.monotonic,
    after(ms, task) {
      const timer = {}
      running.add(timer)
      const cancel = systemClock.after(ms, () => {
        running.delete(timer)
        task()
      })
      return () => {
        running.delete(timer)
        cancel()
      }
    },
    running: () => running.size,
  }
}
