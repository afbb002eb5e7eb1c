import { type Measured, UNMEASURED } from '../core/candidate.ts'
import type { Clock } from '../core/clock.ts'

/** Enough for a steady median, and few enough that one which recovered is seen within sixteen answers. */
const KEPT = 32

const LONGEST_KEPT_MS = 600_000

/** How fast one answer came. */
export interface Pace {
  readonly firstTokenMs: number | null
  /** Null where the answer was too short to tell, or came in one piece. */
  readonly tokensPerSecond: number | null
}

/** How one model has been doing: its last 32 attempts, of the last ten minutes, and what is under way. */
export interface Measurements {
  began(): void
  /** What began has ended. Null says nothing of how fast it is or whether it works. */
  ended(outcome: Pace | 'failed' | null): void
  read(): Measured
}

interface Sample {
  readonly at: number
  /** Null where the attempt failed. */
  readonly pace: Pace | null
}

export function measurements(clock: Clock): Measurements {
  let samples: readonly Sample[] = []
  let inFlight = 0

  return {
    began() {
      inFlight += 1
    },
    ended(outcome) {
      inFlight -= 1
      if (outcome === null) return
      const sample = { at: clock.monotonic(), pace: outcome === 'failed' ? null : outcome }
      samples = [...samples.slice(1 - KEPT), sample]
    },
    read() {
      const since = clock.monotonic() - LONGEST_KEPT_MS
      const recent = samples.filter(({ at }) => at > since)
      if (recent.length === 0) return { ...UNMEASURED, inFlight }
      const paces = recent.flatMap(({ pace }) => (pace === null ? [] : [pace]))
      return {
        firstTokenMs: median(paces.map(({ firstTokenMs }) => firstTokenMs)),
        tokensPerSecond: median(paces.map(({ tokensPerSecond }) => tokensPerSecond)),
        answers: paces.length,
        failures: recent.length - paces.length,
        inFlight,
      }
    },
  }
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  return high === undefined || low === undefined ? null : (low + high) / 2
}
