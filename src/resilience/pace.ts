import type { Pace } from './measurements.ts'

/** Output shorter than this, in tokens or in milliseconds, comes in too few pieces to tell a speed. */
const SHORTEST_TOKENS = 16
const SHORTEST_MS = 20

interface Timing {
  readonly firstTokenMs: number | null
  readonly durationMs: number
  /** Null where nobody counted. */
  readonly usage: { readonly outputTokens: number } | null
}

/** How fast an answer came, by the times of its attempt. */
export function paceOf({ firstTokenMs, durationMs, usage }: Timing): Pace {
  const outputTokens = usage?.outputTokens ?? 0
  const outputMs = firstTokenMs === null ? 0 : durationMs - firstTokenMs
  const telling = outputTokens >= SHORTEST_TOKENS && outputMs >= SHORTEST_MS
  return { firstTokenMs, tokensPerSecond: telling ? (outputTokens / outputMs) * 1_000 : null }
}
