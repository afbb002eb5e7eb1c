import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/provider-error.ts'
import { healthFeed } from '../../src/resilience/health-feed.ts'
import { upstreams } from '../../src/resilience/upstreams.ts'
import { manualClock } from '../support/manual-clock.ts'

const provider = (name: string) => ({
  name,
  driver: 'openai' as const,
  api: 'chat' as const,
  baseUrl: null,
  keys: [],
  pricedAs: null,
  simulated: true,
  probeEveryMs: null,
})

function open() {
  const clock = manualClock()
  const known = upstreams([provider('a'), provider('b')], clock)
  const feed = healthFeed(known, clock)
  const ask = (outcome: 'succeeded' | 'failed', name = 'a') => {
    const grant = known.acquire({ provider: name, model: 'm' })
    if (grant.type !== 'granted') throw new Error('The circuit is open')
    if (outcome === 'succeeded') {
      grant.report({ type: 'succeeded', firstTokenMs: 100, tokensPerSecond: 50 })
    } else {
      grant.report({ type: 'failed', error: new ProviderError({ kind: 'SERVER_ERROR', message: 'down' }) })
    }
  }
  return { clock, feed, ask }
}

/** What comes next of a feed; null where nothing is there. */
async function next(events: AsyncIterableIterator<{ name: string; circuit: string; errorRate: number | null }>) {
  const nothing = new Promise<null>((resolve) => setImmediate(() => resolve(null)))
  const result = await Promise.race([events.next(), nothing])
  if (result === null || result.done) return null
  const { name, circuit, errorRate } = result.value
  return [name, circuit, errorRate]
}

describe('the feed of health', () => {
  it('begins with every provider, and tells a circuit at once and measures once a second', async () => {
    const { clock, feed, ask } = open()
    ask('succeeded')
    const events = feed.follow()
    expect([await next(events), await next(events)]).toEqual([
      ['a', 'CLOSED', 0],
      ['b', 'CLOSED', null],
    ])
    for (let requests = 0; requests < 3; requests += 1) ask('failed')
    clock.pass(999)
    const waiting = next(events)
    expect(await waiting).toBeNull()
    await events.return?.()

    const again = feed.follow()
    expect([await next(again), await next(again)]).toEqual([
      ['a', 'CLOSED', 0.75],
      ['b', 'CLOSED', null],
    ])
    ask('failed')
    clock.pass(0)
    expect(await next(again)).toEqual(['a', 'OPEN', 0.8])
    clock.pass(6_000)
    expect(await next(again)).toEqual(['a', 'HALF_OPEN', 0.8])
    ask('succeeded')
    clock.pass(1_000)
    expect(await next(again)).toEqual(['a', 'CLOSED', expect.closeTo(4 / 6)])
    await again.return?.()
  })

  it('gives a slow reader the newest of each provider, and a fast one all', async () => {
    const { clock, feed, ask } = open()
    const slow = feed.follow()
    for (let requests = 0; requests < 4; requests += 1) {
      ask('failed', 'b')
      clock.pass(1_000)
    }
    expect([await next(slow), await next(slow)]).toEqual([
      ['a', 'CLOSED', null],
      ['b', 'CLOSED', 1],
    ])
    await slow.return?.()
  })

  it('ends for all when it is closed, also for who comes later', async () => {
    const { feed } = open()
    const events = feed.follow()
    await events.next()
    await events.next()
    const waiting = events.next()
    feed.close()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(await feed.follow().next()).toEqual({ done: true, value: undefined })
  })
})
