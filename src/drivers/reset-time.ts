const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Numbers above this are points in time in milliseconds since 1970, above the next one in seconds. */
const EPOCH_MS_FROM = 1e12
const EPOCH_SECONDS_FROM = 1e9

/**
 * How long it is until a provider's limit resets, in milliseconds, at least 0; null where the text says nothing.
 * Takes what providers send: Go durations (`6m0s`, `20ms`; OpenAI, Groq), seconds (`12`, `0.5`; Azure, Cerebras), points in
 * time as seconds or milliseconds since 1970 (OpenRouter) and as RFC 3339 (Anthropic) or HTTP dates.
 * @param now milliseconds since 1970
 */
export function msUntilReset(text: string | null, now: number): number | null {
  const trimmed = text?.trim() ?? ''
  if (trimmed === '') return null
  const number = Number(trimmed)
  if (Number.isFinite(number)) return fromNumber(number, now)
  return fromDuration(trimmed) ?? fromDate(trimmed, now)
}

function fromNumber(value: number, now: number): number {
  if (value >= EPOCH_MS_FROM) return Math.max(0, value - now)
  if (value >= EPOCH_SECONDS_FROM) return Math.max(0, value * 1000 - now)
  return Math.max(0, Math.round(value * 1000))
}

function fromDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return null
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return Math.round(total)
}

function fromDate(text: string, now: number): number | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
