import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import type { LogEntry } from '../../src/simulator/request-log.ts'
import { flakyProxy } from '../support/flaky-proxy.ts'
import { type Client, eventually } from './client.ts'
import { describeHouse, type House, leapingClock, newTag, openReplica } from './harness.ts'
import { present } from './present.ts'
import { provider, together } from './settings.ts'

const CIRCUITS =
  '{ providers { name circuit circuits { model key state retryInMs errorRate firstTokenMs(quantile: 0.5) } } }'

interface Circuits {
  readonly providers: readonly {
    readonly name: string
    readonly circuit: string
    readonly circuits: readonly { readonly model: string; readonly key: string | null; readonly state: string }[] | null
  }[]
}

describeHouse('probes without traffic', {}, (house) => {
  it('close the circuits of a provider that is back, where configured, one at a time and for nothing', async () => {
    const { port } = new URL(house().simulator.url)
    const proxy = await flakyProxy({ host: '127.0.0.1', port: Number(port) })
    const clock = leapingClock()
    const url = `http://127.0.0.1:${proxy.port}`
    const more = { pricedAs: 'openai' }
    const providers = together([
      provider('probed', url, { ...more, probe: { everyMs: 1_000 } }),
      provider('plain', url, more),
    ])
    const furniture = { config: () => ({ providers }), clock, random: () => 0 }
    const replica = await openReplica(house().database, house().simulator, furniture)
    try {
      const client = await replica.client({ scopes: ['complete', 'read', 'admin'] })
      const models = ['probed/gpt-5-mini', 'probed/gpt-5-nano', 'plain/gpt-5-mini'].map((id) => `${id}+tag=${newTag()}`)
      await proxy.cut()
      for (const model of models) {
        for (let calls = 0; calls < 3; calls += 1) await client.refusal({ model, prompt: 'Hi' })
      }
      expect(await statesOf(client, 'probed')).toEqual(['OPEN', 'OPEN'])
      const before = await rows(client)

      clock.leap(5_100)
      await eventually(async () => ((await retryOf(client, 'probed')) > 5_000 ? true : null))
      expect(await statesOf(client, 'probed')).toEqual(['OPEN', 'OPEN'])
      expect(await lists(house())).toEqual([])

      await proxy.restore()
      clock.leap(10_100)
      await eventually(async () => ((await circuitOf(client, 'probed')) === 'CLOSED' ? true : null))
      expect(await circuitOf(client, 'plain')).toBe('HALF_OPEN')
      clock.leap(2_000)
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await lists(house())).toMatchObject([{ path: '/openai/v1/models', status: 200 }])
      expect(await rows(client)).toBe(before)

      await proxy.cut()
      await client.refusal({ model: present(models[0]), prompt: 'Hi' })
      expect((await statesOf(client, 'probed')).sort()).toEqual(['CLOSED', 'OPEN'])
    } finally {
      await replica.close()
      await proxy.close()
    }
    clock.leap(60_000)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await lists(house())).toHaveLength(1)
  })

  it('bring a key back that was turned down', async () => {
    let healed = false
    const asked: string[] = []
    const door = createServer(async (request, response) => {
      asked.push(request.url ?? '')
      const authorization = healed ? 'Bearer sk-test-good-0000' : 'Bearer sk-test-invalid-0000'
      const body = request.method === 'POST' ? { body: await text(request) } : {}
      const url = `${house().simulator.url}${request.url}`
      const answer = await fetch(url, { method: request.method ?? 'GET', headers: { authorization }, ...body })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      response.end(Buffer.from(await answer.arrayBuffer()))
    }).listen(0, '127.0.0.1')
    await once(door, 'listening')
    const clock = leapingClock()
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
    const providers = provider('keyed', url, { driver: 'openai-compatible', pricedAs: 'openai', probe: true })
    const furniture = { config: () => ({ providers }), clock, random: () => 0 }
    const replica = await openReplica(house().database, house().simulator, furniture)
    try {
      const client = await replica.client()
      const input = { model: `keyed/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' }
      expect((await client.refusal(input)).attempts).toMatchObject([{ errorKind: 'AUTHENTICATION' }])
      const isList = (path: string) => path.endsWith('/models')
      clock.leap(30_100)
      await eventually(async () => (asked.filter(isList).length === 1 ? true : null))
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect((await client.refusal(input)).attempts).toMatchObject([{ outcome: 'SHORT_CIRCUITED' }])

      healed = true
      clock.leap(30_100)
      await eventually(async () => (asked.filter(isList).length === 2 ? true : null))
      await eventually(async () => ((await client.complete(input)).__typename === 'Completion' ? true : null))
      expect(asked.filter(isList)).toHaveLength(2)
    } finally {
      await replica.close()
      door.closeAllConnections()
      door.close()
    }
  })

  it('are told of circuits to administrators alone', async () => {
    const client = await house().client()
    const { data, errors } = await client.post<Circuits>(CIRCUITS)
    expect(new Set(data?.providers.map(({ circuits }) => circuits))).toEqual(new Set([null]))
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
  })

  it('show each model and key, with names and measurements', async () => {
    const client = await house().client({ scopes: ['complete', 'read', 'admin'] })
    const model = `gpt-4o-mini+tag=${newTag()}`
    await client.answer({ model: `compatible/${model}`, prompt: 'Hi' })
    const { data } = await client.post<Circuits>(CIRCUITS)
    const { circuits } = present(data?.providers.find(({ name }) => name === 'compatible'))
    expect(circuits).toEqual([
      { model, key: 'KEY_GOOD', state: 'CLOSED', retryInMs: 0, errorRate: 0, firstTokenMs: expect.any(Number) },
    ])
  })
})

async function lists(house: House): Promise<readonly LogEntry[]> {
  const entries = (await (await fetch(`${house.simulator.url}/_log`)).json()) as readonly LogEntry[]
  return entries.filter(({ wire, key }) => wire === 'models' && key === 'sk-t…0000')
}

async function known(client: Client, name: string) {
  const { data } = await client.post<Circuits>(CIRCUITS)
  return present(data?.providers.find((each) => each.name === name))
}

async function circuitOf(client: Client, name: string): Promise<string> {
  return (await known(client, name)).circuit
}

async function statesOf(client: Client, name: string): Promise<string[]> {
  return ((await known(client, name)).circuits ?? []).map(({ state }) => state)
}

async function retryOf(client: Client, name: string): Promise<number> {
  const { circuits } = (await known(client, name)) as { circuits: readonly { readonly retryInMs: number }[] | null }
  return Math.max(...(circuits ?? []).map(({ retryInMs }) => retryInMs))
}

async function rows(client: Client): Promise<number> {
  return (await client.calls({ first: 100 })).edges.length
}
