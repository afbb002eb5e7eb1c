import { createClient } from 'graphql-sse'
import { expect, it } from 'vitest'
import { eventually } from './client.ts'
import { describeHouse, leapingClock, newTag, openReplica } from './harness.ts'
import { provider, together } from './settings.ts'

const clock = leapingClock()
const config = (url: string) => ({ providers: together([provider('flaky', url, { pricedAs: 'openai' })]) })
const QUERY = 'subscription { providerHealth { name circuit errorRate firstTokenMs(quantile: 0.5) } }'

interface Told {
  readonly name: string
  readonly circuit: string
  readonly errorRate: number | null
  readonly firstTokenMs: number | null
}

/** Follows over server-sent events with the graphql-sse client; what was told so far is in `told`. */
function follow(url: string, secret: string) {
  const sse = createClient({ url, headers: { authorization: `Bearer ${secret}` }, retryAttempts: 0 })
  const told: Told[] = []
  const ended = (async () => {
    for await (const { data, errors } of sse.iterate<{ providerHealth: Told }>({ query: QUERY })) {
      if (errors) throw new Error(JSON.stringify(errors))
      if (data) told.push(data.providerHealth)
    }
  })()
  ended.catch(() => {})
  const of = (name: string) => told.filter((each) => each.name === name)
  return { told, of, ended, leave: () => sse.dispose() }
}

describeHouse('the health of providers', { config, clock, random: () => 0 }, (house) => {
  it('is told as it is, then as a circuit opens, is probed, and closes again', async () => {
    const client = await house().client()
    const { told, of, leave } = follow(house().url, client.secret)
    const circuits = () => of('flaky').map(({ circuit }) => circuit)
    const untilLast = (circuit: string) => eventually(async () => (circuits().at(-1) === circuit ? true : null))
    await eventually(async () => (told.length >= 6 ? true : null))
    expect(new Set(told.slice(0, 6).map(({ name }) => name)).size).toBe(6)
    expect(of('flaky')[0]).toEqual({ name: 'flaky', circuit: 'CLOSED', errorRate: null, firstTokenMs: null })

    const model = `flaky/gpt-5-mini+500x5+tag=${newTag()}`
    for (let calls = 0; calls < 3; calls += 1) await client.refusal({ model, prompt: 'Hi' })
    await untilLast('OPEN')
    expect(of('flaky').at(-1)).toMatchObject({ errorRate: 1 })
    clock.leap(5_100)
    await untilLast('HALF_OPEN')
    await client.answer({ model, prompt: 'Hi' })
    await untilLast('CLOSED')
    await eventually(async () => (of('flaky').at(-1)?.firstTokenMs != null ? true : null))
    expect(of('flaky').at(-1)?.errorRate).toBeCloseTo(5 / 6, 5)
    expect(circuits().filter((each, index) => each !== circuits()[index - 1])).toEqual([
      'CLOSED',
      'OPEN',
      'HALF_OPEN',
      'CLOSED',
    ])
    expect(told.filter(({ name }) => name !== 'flaky')).toHaveLength(5)
    leave()
  })

  it('needs a key', async () => {
    await expect(follow(house().url, 'sy_wrong').ended).rejects.toThrow('UNAUTHENTICATED')
  })

  it('does not hold up a replica that shuts down', async () => {
    const replica = await openReplica(house().database, house().simulator, { config })
    const client = await replica.client()
    const { told, ended } = follow(replica.url, client.secret)
    await eventually(async () => (told.length >= 6 ? true : null))
    const since = performance.now()
    await replica.close()
    await ended
    expect(performance.now() - since).toBeLessThan(3_000)
  })
})
