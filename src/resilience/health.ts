import type { Clock } from '../core/clock.ts'
import { addTo, bucketOf, type Sketch } from '../core/sketch.ts'
import { rollingCounts } from './rolling-counts.ts'

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
  const counts = rollingCounts(WINDOW_MS)
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
      counts.add(clock.monotonic(), 'succeeded')
      if (firstTokenMs !== null) addTo(young, bucketOf(firstTokenMs), 1)
    },
    failed() {
      counts.add(clock.monotonic(), 'failed')
    },
    errorRate() {
      const { total, failed } = counts.over(clock.monotonic())
      return total === 0 ? null : failed / total
    },
    firstToken() {
      age()
      const merged = new Map(old)
      for (const [bucket, count] of young) addTo(merged, bucket, count)
      return merged
    },
  }
}
