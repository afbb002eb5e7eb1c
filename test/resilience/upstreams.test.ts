import { describe, expect, it } from 'vitest'
import { NO_LIMITS } from '../../src/core/driver.ts'
import { ProviderError, type ProviderErrorKind } from '../../src/core/provider-error.ts'
import type { ProviderSettings } from '../../src/core/settings.ts'
import { type Grant, upstreams } from '../../src/resilience/upstreams.ts'
import { manualClock } from '../support/manual-clock.ts'

const MODEL = { provider: 'openai', model: 'gpt-5-mini' }

function withKeys(...names: string[]) {
  const provider: ProviderSettings = {
    name: 'openai',
    driver: 'openai',
    api: 'responses',
    baseUrl: null,
    keys: names.map((name) => ({ name, secret: `secret of ${name}` })),
    pricedAs: null,
    simulated: false,
  }
  const clock = manualClock()
  return { clock, tested: upstreams([provider], clock) }
}

function granted(grant: ReturnType<ReturnType<typeof upstreams>['acquire']>): Grant {
  if (grant.type !== 'granted') throw new Error(`not granted: ${grant.because}`)
  return grant
}

function failed(kind: ProviderErrorKind, retryAfterMs?: number) {
  const error = new ProviderError({ kind, message: kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
  return { type: 'failed', error } as const
}

describe('upstreams', () => {
  it('uses the keys of a pool in turn', () => {
    const { tested } = withKeys('A', 'B', 'C')
    const used = [1, 2, 3, 4].map(() => granted(tested.acquire(MODEL)).key?.name)
    expect(used).toEqual(['A', 'B', 'C', 'A'])
  })

  it('needs no key where the provider has none', () => {
    const { tested } = withKeys()
    expect(granted(tested.acquire(MODEL)).key).toBeNull()
  })

  it('lets a key rest for exactly as long as the provider asked, for that model alone', () => {
    const { clock, tested } = withKeys('A')
    granted(tested.acquire(MODEL)).report(failed('RATE_LIMITED', 7_000))
    expect(tested.acquire(MODEL)).toMatchObject({ type: 'unavailable', because: 'keysCooling', freeInMs: 7_000 })
    expect(tested.acquire({ ...MODEL, model: 'gpt-5' }).type).toBe('granted')
    clock.pass(7_000)
    expect(tested.acquire(MODEL).type).toBe('granted')
  })

  it('goes on with another key while one rests', () => {
    const { tested } = withKeys('A', 'B')
    granted(tested.acquire(MODEL)).report(failed('RATE_LIMITED', 60_000))
    const used = [1, 2, 3].map(() => granted(tested.acquire(MODEL)).key?.name)
    expect(used).toEqual(['B', 'B', 'B'])
  })

  it('puts a key out that the provider turned down, and probes it with one request after 30 s', () => {
    const { clock, tested } = withKeys('A', 'B')
    granted(tested.acquire(MODEL)).report(failed('AUTHENTICATION'))
    granted(tested.acquire(MODEL)).report(failed('BILLING'))
    expect(tested.acquire(MODEL)).toMatchObject({ type: 'unavailable', because: 'keysOut', freeInMs: 30_000 })
    clock.pass(30_000)
    const first = granted(tested.acquire(MODEL))
    const second = granted(tested.acquire(MODEL))
    expect(new Set([first.key?.name, second.key?.name]).size).toBe(2)
    expect(tested.acquire(MODEL).type).toBe('unavailable')
    first.report({ type: 'succeeded', firstTokenMs: 5, tokensPerSecond: null })
    expect(granted(tested.acquire(MODEL)).key?.name).toBe(first.key?.name)
  })

  it('opens one circuit per key and model, and is OPEN as a provider when all are', () => {
    const { tested } = withKeys('A')
    for (let i = 0; i < 5; i++) granted(tested.acquire(MODEL)).report(failed('SERVER_ERROR'))
    expect(tested.acquire(MODEL)).toMatchObject({ because: 'circuitOpen', freeInMs: 5_000 })
    expect(tested.circuit(MODEL)).toBe('OPEN')
    expect(tested.health()[0]).toMatchObject({ name: 'openai', circuit: 'OPEN', errorRate: 1 })
    granted(tested.acquire({ ...MODEL, model: 'gpt-5' })).report({
      type: 'succeeded',
      firstTokenMs: 20,
      tokensPerSecond: null,
    })
    expect(tested.health()[0]?.circuit).toBe('CLOSED')
  })

  it('does not hold it against a provider that a caller went away or a request was wrong', () => {
    const { tested } = withKeys('A')
    for (let i = 0; i < 20; i++) granted(tested.acquire(MODEL)).report({ type: 'left' })
    for (let i = 0; i < 20; i++) granted(tested.acquire(MODEL)).report(failed('INVALID_REQUEST'))
    expect(tested.acquire(MODEL).type).toBe('granted')
  })

  it('takes keys whose limits are used up last', () => {
    const { clock, tested } = withKeys('A', 'B')
    const grant = granted(tested.acquire(MODEL))
    grant.noteLimits({ ...NO_LIMITS, remainingRequests: 0, requestsResetMs: 1_000 })
    grant.report({ type: 'succeeded', firstTokenMs: 5, tokensPerSecond: null })
    expect([1, 2, 3].map(() => granted(tested.acquire(MODEL)).key?.name)).toEqual(['B', 'B', 'B'])
    clock.pass(1_000)
    expect([1, 2].map(() => granted(tested.acquire(MODEL)).key?.name)).toContain('A')
  })

  it('measures each model, and counts what is under way', () => {
    const { clock, tested } = withKeys('A', 'B')
    const [first, second] = [granted(tested.acquire(MODEL)), granted(tested.acquire(MODEL))]
    expect(tested.measured(MODEL)).toMatchObject({ answers: 0, inFlight: 2 })
    clock.pass(2_000)
    first.report({ type: 'succeeded', firstTokenMs: 400, tokensPerSecond: 80 })
    second.report(failed('OVERLOADED'))
    expect(tested.measured(MODEL)).toEqual({
      firstTokenMs: 400,
      tokensPerSecond: 80,
      answers: 1,
      failures: 1,
      inFlight: 0,
    })
    expect(tested.measured({ ...MODEL, model: 'gpt-5' })).toMatchObject({ answers: 0, inFlight: 0 })
  })

  it('does not hold against a model what the request or its caller did', () => {
    const { tested } = withKeys('A')
    granted(tested.acquire(MODEL)).report(failed('INVALID_REQUEST'))
    granted(tested.acquire(MODEL)).report({ type: 'left' })
    expect(tested.measured(MODEL)).toMatchObject({ answers: 0, failures: 0, inFlight: 0 })
  })
})
