import type { Clock } from '../core/clock.ts'
import { addTo, bucketOf, type Sketch } from '../core/sketch.ts'
import { rollingCount } from './rolling-count.ts'

const WINDOW_MS = 300_000

/** How a provider has been doing over the last five minutes. */
export interface Health {
  succeeded(firstTokenMs: number | null): void
  failed(): void
  /** From 0 to 1; null where there was no attempt. */
  errorRate(): number | null
  /** Times to first token, of the last five to ten minutes. */
  firstToken(): Sketch
}

export function health(clock: Clock): Health {
  const attempts = rollingCount(WINDOW_MS)
  const failures = rollingCount(WINDOW_MS)
  // Two generations: the older one is dropped whole, so that nothing has to be taken out of a sketch.
  let young = new Map<number, number>()
  let old = new Map<number, number>()
  let bornAt = clock.monotonic()

  function age(): void {
    const generations = Math.floor((clock.monotonic() - bornAt) / WINDOW_MS)
    if (generations < 1) return
    old = generations === 1 ? young : new Map()
    young = new Map()
    bornAt = clock.monotonic()
  }

  return {
    succeeded(firstTokenMs) {
      age()
      attempts.add(clock.monotonic())
      if (firstTokenMs !== null) addTo(young, bucketOf(firstTokenMs), 1)
    },
    failed() {
      attempts.add(clock.monotonic())
      failures.add(clock.monotonic())
    },
    errorRate() {
      const total = attempts.over(clock.monotonic())
      return total === 0 ? null : failures.over(clock.monotonic()) / total
    },
    firstToken() {
      age()
      const merged = new Map(old)
      for (const [bucket, count] of young) addTo(merged, bucket, count)
      return merged
    },
  }
}
