import type { Attempt } from '../../src/core/attempt.ts'
import type { OpenedCall, SettledCall } from '../../src/core/call.ts'
import { newCallId, timeOfCallId } from '../../src/core/call-id.ts'
import { type Clock, systemClock } from '../../src/core/clock.ts'
import type { Logger } from '../../src/core/telemetry.ts'

/** The project and key of calls that don't say otherwise. */
export const PROJECT = '018f0000-0000-7000-8000-000000000001'
const KEY = '018f0000-0000-7000-8000-000000000002'

export const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** An id of another project or key for each test, so that tests don't see each other's calls. */
export const newId = () => newCallId(systemClock)

/** A clock that stands at a time, for ids of that time. */
export function clockAt(ms: number): Clock {
  return { ...systemClock, now: () => ms }
}

export function openedCall(over: Partial<OpenedCall> = {}): OpenedCall {
  const id = over.id ?? newCallId(over.createdAt === undefined ? systemClock : clockAt(over.createdAt))
  const createdAt = timeOfCallId(id) ?? 0
  return {
    projectId: PROJECT,
    apiKeyId: KEY,
    requestedModel: 'chat',
    endUser: null,
    tags: [],
    browserTokenId: null,
    leaseUntil: createdAt + 60_000,
    ...over,
    id,
    createdAt,
  }
}

export function sampleAttempt(over: Partial<Attempt> = {}): Attempt {
  return {
    number: 1,
    provider: 'openai',
    model: 'gpt-5-mini',
    answeredModel: 'gpt-5-mini-2025-08-07',
    key: 'OPENAI_API_KEY',
    serviceTier: 'default',
    outcome: 'SUCCEEDED',
    failure: null,
    startedAt: 1_750_000_000_123,
    durationMs: 812.25,
    firstTokenMs: 203.5,
    usage: {
      inputTokens: 120,
      cachedInputTokens: 40,
      cacheWriteTokens: 10,
      cacheWriteHourTokens: 5,
      outputTokens: 60,
      reasoningTokens: 20,
      estimated: false,
    },
    cost: {
      priced: true,
      parts: { input: 17_500_000n, cachedInput: 1_000_000n, cacheWrite: 1n, output: 120_000_000n },
      price: {
        source: 'catalogue',
        version: '2025-11-01',
        units: { input: 250_000n, cachedInput: 25_000n, cacheWrite: 0n, cacheWriteHour: 0n, output: 2_000_000n },
      },
    },
    ...over,
  }
}

export function settledCall(over: Partial<SettledCall> = {}): SettledCall {
  const opened = openedCall(over)
  return {
    ...opened,
    status: 'SUCCEEDED',
    finishedAt: opened.createdAt + 900,
    provider: 'openai',
    model: 'gpt-5-mini',
    error: null,
    usage: {
      inputTokens: 120,
      cachedInputTokens: 40,
      cacheWriteTokens: 10,
      cacheWriteHourTokens: 5,
      outputTokens: 60,
      reasoningTokens: 20,
      estimated: false,
    },
    cost: {
      priced: true,
      parts: { input: 17_500_000n, cachedInput: 1_000_000n, cacheWrite: 1n, output: 120_000_000n },
      wasted: 3n,
      saved: 7n,
    },
    latency: { totalMs: 900.5, firstTokenMs: 250.125, overheadMs: 2.5 },
    attempts: [sampleAttempt()],
    cacheStatus: 'MISS',
    plan: {
      route: 'chat',
      strategy: 'priority',
      candidates: [
        {
          provider: 'openai',
          model: 'gpt-5-mini',
          reason: 'first',
          eligible: true,
          estimatedCost: 123_456_789_012_345n,
        },
        { provider: 'groq', model: 'x', reason: 'no price', eligible: true, estimatedCost: null },
      ],
      signals: [{ name: 'tokens', value: '120' }],
      variants: [{ experiment: 'greeting', variant: 'b', by: 'endUser' }],
      shadows: [{ provider: 'groq', model: 'x', route: 'watched' }],
      versions: [{ route: 'chat', version: 3 }],
      request: { inputTokens: 118, maxOutputTokens: null, needs: ['tools'] },
    },
    lastSeq: 12,
    reservations: [],
    answer: null,
    ...over,
    id: opened.id,
    createdAt: opened.createdAt,
  }
}

/** What a `soundCall` costs, in picodollars. */
export const SOUND_COST = 138_500_000n

/** A call whose costs follow from its tokens and the prices on its attempt, so that the ledger's check finds it sound. */
export function soundCall(over: Partial<SettledCall> = {}): SettledCall {
  const parts = { input: 17_500_000n, cachedInput: 1_000_000n, cacheWrite: 0n, output: 120_000_000n }
  const { cost } = sampleAttempt()
  const price = cost.priced ? cost.price : null
  return settledCall({
    cost: { priced: true, parts, wasted: 0n, saved: 0n },
    attempts: [sampleAttempt({ cost: { priced: true, parts, price } })],
    plan: null,
    ...over,
  })
}
