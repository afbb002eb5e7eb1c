import type { Clock } from '../../core/clock.ts'
import type { CallLatency } from '../../core/completion.ts'

/** Takes a call's times. */
export interface Stopwatch {
  attemptBegan(): void
  attemptEnded(): void
  deltaCame(): void
  /** The times up to now. From the first attempt's begin to the last one's end the gateway waits for providers. */
  read(): CallLatency
}

/** @param startedAt by the monotonic clock */
export function stopwatch(clock: Clock, startedAt: number): Stopwatch {
  let firstTokenMs: number | null = null
  let waitedFrom: number | null = null
  let waitedUntil = 0
  return {
    attemptBegan() {
      waitedFrom ??= clock.monotonic()
    },
    attemptEnded() {
      waitedUntil = clock.monotonic()
    },
    deltaCame() {
      firstTokenMs ??= clock.monotonic() - startedAt
    },
    read() {
      const totalMs = clock.monotonic() - startedAt
      const waitedMs = waitedFrom === null ? 0 : Math.max(waitedUntil - waitedFrom, 0)
      return { totalMs, firstTokenMs, overheadMs: Math.max(totalMs - waitedMs, 0) }
    },
  }
}
