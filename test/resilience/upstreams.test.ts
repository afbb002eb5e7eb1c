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
    probeEveryMs: null,
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

  it('is HALF_OPEN as a provider while one probes, or where nothing else is known to work', () => {
    const { clock, tested } = withKeys('A')
    const provider = () => tested.health()[0]?.circuit
    const other = { ...MODEL, model: 'gpt-5' }
    for (let i = 0; i < 5; i++) granted(tested.acquire(MODEL)).report(failed('SERVER_ERROR'))
    tested.freeInMs(other)
    expect(provider(), 'nobody has asked the other one').toBe('OPEN')
    clock.pass(5_000)
    expect(provider()).toBe('HALF_OPEN')
    granted(tested.acquire(other)).report({ type: 'succeeded', firstTokenMs: 20, tokensPerSecond: null })
    expect(provider()).toBe('CLOSED')
    const probe = granted(tested.acquire(MODEL))
    expect(provider()).toBe('HALF_OPEN')
    probe.report(failed('SERVER_ERROR'))
    expect(provider()).toBe('CLOSED')
  })

  it('is closed for a model that works with another key, also while one is probed', () => {
    const { clock, tested } = withKeys('A', 'B')
    const outcomes = [true, false, true, false, true, false, true, false, true, false]
    for (const works of outcomes) {
      const grant = granted(tested.acquire(MODEL))
      grant.report(works ? { type: 'succeeded', firstTokenMs: 5, tokensPerSecond: null } : failed('OVERLOADED'))
    }
    clock.pass(5_000)
    for (let i = 0; i < 2; i++) granted(tested.acquire(MODEL))
    expect(tested.health()[0]?.circuit).toBe('HALF_OPEN')
    expect(tested.circuit(MODEL)).toBe('CLOSED')
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

  it.each([
    ['requests', { remainingRequests: 900 }, { remainingRequests: 100 }],
    ['tokens', { remainingRequests: 99, remainingTokens: 90_000 }, { remainingRequests: 100, remainingTokens: 10_000 }],
  ])('uses keys in proportion to what is left of them: %s', (_of, fuller, emptier) => {
    const { clock, tested } = withKeys('A', 'B')
    for (const limits of [emptier, fuller]) {
      const grant = granted(tested.acquire(MODEL))
      grant.noteLimits({ ...NO_LIMITS, ...limits, requestsResetMs: 5_000, tokensResetMs: 5_000 })
      grant.report({ type: 'succeeded', firstTokenMs: 5, tokensPerSecond: null })
    }
    const taken = () => granted(tested.acquire(MODEL))
    const nameOf = ({ key }: Grant) => key?.name ?? ''
    const counted = (grants: readonly Grant[]) => grants.filter((grant) => nameOf(grant) === 'A').length

    const others = Array.from({ length: 10 }, () => granted(tested.acquire({ ...MODEL, model: 'gpt-5' })))
    expect(counted(others)).toBe(5)
    const alone = Array.from({ length: 10 }, () => {
      const grant = taken()
      grant.report({ type: 'left' })
      return nameOf(grant)
    })
    expect(new Set(alone)).toEqual(new Set(['B']))
    const atOnce = Array.from({ length: 20 }, taken)
    expect(counted(atOnce)).toBe(2)
    for (const grant of atOnce) grant.report({ type: 'left' })
    clock.pass(5_000)
    expect(counted(Array.from({ length: 20 }, taken))).toBe(10)
  })

  it('takes a key whose limit was reset to be as full as the fullest', () => {
    const { clock, tested } = withKeys('A', 'B')
    const told = [
      { remainingRequests: 900, requestsResetMs: 10 },
      { remainingRequests: 10, requestsResetMs: 5_000 },
    ]
    for (const limits of told) {
      const grant = granted(tested.acquire(MODEL))
      grant.noteLimits({ ...NO_LIMITS, ...limits })
      grant.report({ type: 'left' })
    }
    clock.pass(1_000)
    const used = Array.from({ length: 4 }, () => {
      const grant = granted(tested.acquire(MODEL))
      grant.report({ type: 'left' })
      return grant.key?.name
    })
    expect(used).toEqual(['A', 'A', 'A', 'A'])
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
      firstTokenP95Ms: null,
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

describe('a probe without a request', () => {
  const answered = { type: 'answered' } as const
  const left = { type: 'left' } as const
  const MINI = { provider: 'openai', model: 'gpt-5-nano' }

  function failTimes(tested: ReturnType<typeof upstreams>, ref: typeof MODEL, times: number) {
    for (let i = 0; i < times; i += 1) granted(tested.acquire(ref)).report(failed('SERVER_ERROR'))
  }

  it('is not due while all is well, nor before a circuit may be probed', () => {
    const { clock, tested } = withKeys('A')
    expect(tested.probe('openai')).toBeNull()
    granted(tested.acquire(MODEL)).report(failed('SERVER_ERROR'))
    expect(tested.probe('openai')).toBeNull()
    failTimes(tested, MODEL, 4)
    clock.pass(4_999)
    expect(tested.probe('openai')).toBeNull()
    clock.pass(1)
    expect(tested.probe('openai')).toMatchObject({ key: { name: 'A' } })
  })

  it('is one for all circuits of a key, holds callers back meanwhile, and closes them', () => {
    const { clock, tested } = withKeys('A')
    failTimes(tested, MODEL, 5)
    failTimes(tested, MINI, 5)
    clock.pass(5_000)
    const probe = tested.probe('openai')
    expect(tested.probe('openai')).toBeNull()
    expect(tested.acquire(MODEL)).toMatchObject({ type: 'unavailable', because: 'circuitOpen' })
    probe?.report(answered)
    expect(tested.circuits('openai').map(({ state }) => state)).toEqual(['CLOSED', 'CLOSED'])
    expect(tested.acquire(MODEL).type).toBe('granted')
  })

  it("does not take the place of a caller's probe", () => {
    const { clock, tested } = withKeys('A')
    failTimes(tested, MODEL, 5)
    clock.pass(5_000)
    const grant = granted(tested.acquire(MODEL))
    expect(tested.probe('openai')).toBeNull()
    grant.report(left)
    expect(tested.probe('openai')).not.toBeNull()
  })

  it('that fails opens the circuit for twice as long, and one that is given up says nothing', () => {
    const { clock, tested } = withKeys('A')
    failTimes(tested, MODEL, 5)
    clock.pass(5_000)
    tested.probe('openai')?.report(left)
    expect(tested.circuit(MODEL)).toBe('HALF_OPEN')
    tested.probe('openai')?.report(failed('RATE_LIMITED'))
    expect(tested.circuit(MODEL)).toBe('HALF_OPEN')
    tested.probe('openai')?.report(failed('NETWORK'))
    expect(tested.freeInMs(MODEL)).toBe(10_000)
  })

  it('brings a key back that was turned down, but not one that was not paid for', () => {
    const { clock, tested } = withKeys('A', 'B')
    granted(tested.acquire(MODEL)).report(failed('AUTHENTICATION'))
    granted(tested.acquire(MODEL)).report(failed('BILLING'))
    clock.pass(29_999)
    expect(tested.probe('openai')).toBeNull()
    clock.pass(1)
    const probe = tested.probe('openai')
    expect(probe?.key?.name).toBe('A')
    expect(tested.probe('openai')).toBeNull()
    probe?.report(failed('AUTHENTICATION'))
    expect(tested.probe('openai')).toBeNull()
    clock.pass(30_000)
    tested.probe('openai')?.report(answered)
    const [one, two] = [granted(tested.acquire(MODEL)), granted(tested.acquire(MODEL))]
    expect([one.key?.name, two.key?.name].sort()).toEqual(['A', 'B'])
    expect(tested.acquire(MODEL)).toMatchObject({ key: { name: 'A' } })
  })

  it('counts for no error rate', () => {
    const { clock, tested } = withKeys('A')
    failTimes(tested, MODEL, 5)
    clock.pass(5_000)
    tested.probe('openai')?.report(answered)
    expect(tested.health()[0]?.errorRate).toBe(1)
  })
})

describe('the circuits of a provider', () => {
  it('are told by model and key, with what was measured, those that are not closed first', () => {
    const { tested } = withKeys('A', 'B')
    const outcomes = [true, false, true, false, true, false, true, false, true, false]
    for (const works of outcomes) {
      const grant = granted(tested.acquire(MODEL))
      grant.report(works ? { type: 'succeeded', firstTokenMs: 100, tokensPerSecond: null } : failed('OVERLOADED'))
    }
    const circuits = tested.circuits('openai')
    expect(circuits).toMatchObject([
      { model: 'gpt-5-mini', key: 'B', state: 'OPEN', blockedForMs: 5_000, errorRate: 1 },
      { model: 'gpt-5-mini', key: 'A', state: 'CLOSED', blockedForMs: 0, errorRate: 0 },
    ])
    expect(circuits.map(({ firstToken }) => [...firstToken.values()])).toEqual([[], [5]])
  })

  it('that nobody asked are not told', () => {
    const { tested } = withKeys('A')
    tested.freeInMs(MODEL)
    expect(tested.circuits('openai')).toEqual([])
  })
})
