import { describe, expect, it } from 'vitest'
import { keyLimits } from '../../src/drivers/key-limits.ts'
import { msUntilReset } from '../../src/drivers/reset-time.ts'
import { retryAfterMs } from '../../src/drivers/retry-after.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const wait = (headers: Record<string, string>) => retryAfterMs(new Headers(headers), NOW)

describe('retryAfterMs', () => {
  it.each([
    [{ 'retry-after-ms': '1250', 'retry-after': '2' }, 1_250],
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Sun, 01 Mar 2026 12:00:07 GMT' }, 7_000],
    [{ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    [{ 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [
      {
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '5',
        'x-ratelimit-reset-tokens': '9s',
      },
      1_000,
    ],
    [
      { 'anthropic-ratelimit-tokens-remaining': '0', 'anthropic-ratelimit-tokens-reset': '2026-03-01T12:00:03Z' },
      3_000,
    ],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 4_000) }, 4_000],
    [{ 'x-ratelimit-remaining-requests': '4', 'x-ratelimit-reset-requests': '1s' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ] as [Record<string, string>, number | undefined][])('reads %j as %s', (headers, ms) => {
    expect(wait(headers)).toBe(ms)
  })
})

describe('msUntilReset', () => {
  it.each([
    ['20ms', 20],
    ['1m2.5s', 62_500],
    ['1h', 3_600_000],
    ['12', 12_000],
    [String(NOW / 1000 + 9), 9_000],
    ['', null],
    ['never', null],
  ])('reads %s as %s', (text, ms) => {
    expect(msUntilReset(text, NOW)).toBe(ms)
  })
})

describe('keyLimits', () => {
  it('reads what OpenAI and Anthropic send', () => {
    const openai = {
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-remaining-tokens': '-3',
      'x-ratelimit-reset-tokens': '20ms',
    }
    expect(keyLimits(new Headers(openai), NOW)).toEqual({
      remainingRequests: 59,
      remainingTokens: 0,
      requestsResetMs: null,
      tokensResetMs: 20,
    })
    const anthropic = {
      'anthropic-ratelimit-requests-remaining': '7',
      'anthropic-ratelimit-requests-reset': '2026-03-01T12:01:00Z',
    }
    expect(keyLimits(new Headers(anthropic), NOW)).toMatchObject({ remainingRequests: 7, requestsResetMs: 60_000 })
  })
})
