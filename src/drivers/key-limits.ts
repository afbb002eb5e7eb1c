import type { KeyLimits } from '../core/driver.ts'
import { msUntilReset } from './reset-time.ts'

/**
 * Where providers say what is left, the first that is there counts. OpenAI's names (also Groq, Azure, xAI, Together), then
 * Anthropic's, then those with the window in the name (Cerebras, Mistral) and the nameless ones (OpenRouter).
 * Sources: the providers' pages on rate limits.
 */
const REMAINING_REQUESTS = [
  'x-ratelimit-remaining-requests',
  'anthropic-ratelimit-requests-remaining',
  'x-ratelimit-remaining-requests-minute',
  'x-ratelimit-remaining-req-minute',
  'x-ratelimit-remaining-requests-day',
  'x-ratelimit-remaining',
]
const REMAINING_TOKENS = [
  'x-ratelimit-remaining-tokens',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-input-tokens-remaining',
  'x-ratelimit-remaining-tokens-minute',
]
const REQUESTS_RESET = [
  'x-ratelimit-reset-requests',
  'anthropic-ratelimit-requests-reset',
  'x-ratelimit-reset-requests-minute',
  'x-ratelimit-reset-requests-day',
  'x-ratelimit-reset',
]
const TOKENS_RESET = [
  'x-ratelimit-reset-tokens',
  'anthropic-ratelimit-tokens-reset',
  'anthropic-ratelimit-input-tokens-reset',
  'x-ratelimit-reset-tokens-minute',
]

/**
 * What a response's headers say of its key's limits.
 * @param now milliseconds since 1970
 */
export function keyLimits(headers: Headers, now: number): KeyLimits {
  return {
    remainingRequests: count(first(headers, REMAINING_REQUESTS)),
    remainingTokens: count(first(headers, REMAINING_TOKENS)),
    requestsResetMs: msUntilReset(first(headers, REQUESTS_RESET), now),
    tokensResetMs: msUntilReset(first(headers, TOKENS_RESET), now),
  }
}

function first(headers: Headers, names: readonly string[]): string | null {
  for (const name of names) {
    const value = headers.get(name)
    if (value !== null) return value
  }
  return null
}

/** Providers may go below zero; what is left is then nothing. */
function count(text: string | null): number | null {
  if (text === null || text.trim() === '') return null
  const value = Number(text)
  return Number.isFinite(value) ? Math.max(0, Math.floor(value)) : null
}
