import { keyLimits } from './key-limits.ts'
import { msUntilReset } from './reset-time.ts'

/**
 * How long a provider asks to wait before the next request, in milliseconds: `retry-after-ms` (OpenAI, Azure), else
 * `retry-after` (RFC 9110: seconds or a date), else the reset of the limit that is used up. Undefined where it says none.
 * @param now milliseconds since 1970
 */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  return milliseconds(headers.get('retry-after-ms')) ?? retryAfter(headers, now) ?? resetMs(headers, now) ?? undefined
}

function milliseconds(text: string | null): number | null {
  if (text === null || text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? Math.round(value) : null
}

function retryAfter(headers: Headers, now: number): number | null {
  return msUntilReset(headers.get('retry-after'), now)
}

/** A limit of which something is left is not the one to wait for; one whose rest is not told may be. */
function resetMs(headers: Headers, now: number): number | null {
  const limits = keyLimits(headers, now)
  const usedUp = [
    { remaining: limits.remainingRequests, reset: limits.requestsResetMs },
    { remaining: limits.remainingTokens, reset: limits.tokensResetMs },
  ].flatMap(({ remaining, reset }) => (reset !== null && (remaining ?? 0) === 0 ? [reset] : []))
  return usedUp.length === 0 ? null : Math.max(...usedUp)
}
