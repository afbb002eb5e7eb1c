import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { Upstream } from '../../src/core/driver.ts'
import { ProviderError, type ProviderErrorKind } from '../../src/core/provider-error.ts'
import { anthropicDriver } from '../../src/drivers/anthropic/driver.ts'
import { googleDriver } from '../../src/drivers/google/driver.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { conversationWith, user } from './conversation-with.ts'
import { providerAt } from './provider-at.ts'
import { requestWith, runDriver } from './run-driver.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const DRIVERS = { anthropic: anthropicDriver, google: googleDriver } as const
const BASES = { anthropic: 'claude-haiku-4-5', google: 'gemini-2.5-flash' } as const

const REFUSALS: Readonly<Record<string, ProviderErrorKind>> = {
  '400': 'INVALID_REQUEST',
  '401': 'AUTHENTICATION',
  '402': 'BILLING',
  '403': 'AUTHENTICATION',
  '404': 'NOT_FOUND',
  '408': 'SERVER_ERROR',
  '409': 'SERVER_ERROR',
  '413': 'CONTEXT_LENGTH',
  '422': 'INVALID_REQUEST',
  '429': 'RATE_LIMITED',
  '429-too-large': 'RATE_LIMITED',
  '500': 'SERVER_ERROR',
  '502': 'SERVER_ERROR',
  '529': 'OVERLOADED',
  'bad-key': 'AUTHENTICATION',
  blocked: 'CONTENT_REJECTED',
  context: 'CONTEXT_LENGTH',
  'no-credit': 'BILLING',
  quota: 'BILLING',
  hangup: 'NETWORK',
  html: 'MALFORMED',
  empty: 'MALFORMED',
  malformed: 'MALFORMED',
  error: 'OVERLOADED',
}

/** What only a stream can suffer. */
const BREAKS: Readonly<Record<string, ProviderErrorKind>> = {
  cut: 'TRUNCATED',
  reset: 'TRUNCATED',
  'no-end': 'TRUNCATED',
}

describe.each(['anthropic', 'google'] as const)('the simulator behind the driver %s', (name) => {
  const ask = (behaviour: string, upstream: Upstream, conversation = conversationWith({})) => {
    const driver = DRIVERS[name](providerAt(name, `${simulator.url}/${name}`), {
      fetch: globalThis.fetch,
      clock: systemClock,
    })
    return runDriver(driver, requestWith({ model: `${BASES[name]}${behaviour}`, upstream, conversation }))
  }
  const failure = async (behaviour: string, upstream: Upstream): Promise<ProviderError> => {
    const outcome: unknown = await ask(`+${behaviour}`, upstream).catch((error: unknown) => error)
    if (outcome instanceof ProviderError) return outcome
    throw new Error(`${behaviour}: no ProviderError`, { cause: outcome })
  }

  it.each(Object.entries(REFUSALS))('%s is %s', async (behaviour, kind) => {
    for (const upstream of ['stream', 'unary'] as const) expect((await failure(behaviour, upstream)).kind).toBe(kind)
  })

  it.each(Object.entries(BREAKS))('%s amid a stream is %s', async (behaviour, kind) => {
    expect((await failure(behaviour, 'stream')).kind).toBe(kind)
  })

  it('says how long to wait, and when no wait helps', async () => {
    expect(await failure('429-after=3', 'stream')).toMatchObject({ retryAfterMs: 3_000, hopeless: false })
    expect(await failure('429-too-large', 'stream')).toMatchObject({ retryAfterMs: null, hopeless: true })
  })

  it('gives the same for a stream and in one piece', async () => {
    for (const behaviour of ['', '+think', '+cached', '+length', '+filtered', '+no-usage']) {
      const [streamed, whole] = await Promise.all([ask(behaviour, 'stream'), ask(behaviour, 'unary')])
      const { text, reasoning, finish } = streamed
      expect([behaviour, text, reasoning, finish.reason, finish.usage, finish.model]).toEqual([
        behaviour,
        whole.text,
        whole.reasoning,
        whole.finish.reason,
        whole.finish.usage,
        whole.finish.model,
      ])
    }
  })

  it('answers in JSON, natively and without a schema', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    }
    for (const output of [{ type: 'json' }, { type: 'schema', name: 'numbers', schema }] as const) {
      for (const upstream of ['stream', 'unary'] as const) {
        const { text, tools, finish } = await ask('', upstream, conversationWith({ messages: [user('Go')], output }))
        expect(JSON.parse(text)).toBeTypeOf('object')
        expect([tools, finish.reason]).toEqual([[], 'STOP'])
      }
    }
  })
})
