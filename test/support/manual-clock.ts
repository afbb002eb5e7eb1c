import type { Clock } from '../../src/core/clock.ts'

export interface ManualClock extends Clock {
  /** Lets `ms` pass and runs what was due. */
  pass(ms: number): void
}

interface Due {
  readonly at: number
  readonly task: () => void
}

/** A clock that stands still until the test lets time pass. */
export function manualClock(start = 1_750_000_000_000): ManualClock {
  let elapsed = 0
  let due: Due[] = []
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    after(ms, task) {
      const entry = { at: elapsed + ms, task }
      due.push(entry)
      return () => {
        due = due.filter((each) => each !== entry)
      }
    },
    pass(ms) {
      const end = elapsed + ms
      for (;;) {
        const next = due.filter((each) => each.at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        due = due.filter((each) => each !== next)
        elapsed = next.at
        next.task()
      }
      elapsed = end
    },
  }
}
