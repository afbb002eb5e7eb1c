import { type Measured, UNMEASURED } from '../core/candidate.ts'
import type { Clock } from '../core/clock.ts'

/** Enough for a steady median, and few enough that one which recovered is seen within sixteen answers. */
const KEPT = 32

const LONGEST_KEPT_MS = 600_000

/** Of fewer values the slowest of twenty can't be told. */
const ENOUGH_FOR_P95 = 8

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
  /**
   * What began was given up after so long without a token, since another was faster. That it is slow is learnt where that
   * is more than its usual; a shorter wait says nothing. Without this only its fast answers would be seen.
   */
  outrun(afterMs: number): void
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

  function keep(pace: Pace | null): void {
    samples = [...samples.slice(1 - KEPT), { at: clock.monotonic(), pace }]
  }

  function recentSamples(): readonly Sample[] {
    const since = clock.monotonic() - LONGEST_KEPT_MS
    return samples.filter(({ at }) => at > since)
  }

  function recentPaces(): readonly Pace[] {
    return recentSamples().flatMap(({ pace }) => (pace === null ? [] : [pace]))
  }

  return {
    began() {
      inFlight += 1
    },
    ended(outcome) {
      inFlight -= 1
      if (outcome !== null) keep(outcome === 'failed' ? null : outcome)
    },
    outrun(afterMs) {
      inFlight -= 1
      const usual = median(recentPaces().map(({ firstTokenMs }) => firstTokenMs))
      if (usual === null || afterMs <= usual) return
      keep({ firstTokenMs: afterMs, tokensPerSecond: null })
    },
    read() {
      const recent = recentSamples()
      if (recent.length === 0) return { ...UNMEASURED, inFlight }
      const paces = recentPaces()
      const firstTokens = paces.map(({ firstTokenMs }) => firstTokenMs)
      return {
        firstTokenMs: median(firstTokens),
        firstTokenP95Ms: p95(firstTokens),
        tokensPerSecond: median(paces.map(({ tokensPerSecond }) => tokensPerSecond)),
        answers: paces.length,
        failures: recent.length - paces.length,
        inFlight,
      }
    },
  }
}

/** By the nearest rank. */
function p95(values: readonly (number | null)[]): number | null {
  const sorted = inOrder(values)
  return sorted.length < ENOUGH_FOR_P95 ? null : (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? null)
}

function inOrder(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null).sort((a, b) => a - b)
}

function median(values: readonly (number | null)[]): number | null {
  const sorted = inOrder(values)
  const high = sorted[Math.floor(sorted.length / 2)]
  const low = sorted[Math.floor((sorted.length - 1) / 2)]
  return high === undefined || low === undefined ? null : (low + high) / 2
}
