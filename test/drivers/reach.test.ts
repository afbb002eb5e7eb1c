import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { DriverName } from '../../src/core/driver.ts'
import { ProviderError } from '../../src/core/provider-error.ts'
import { type ProviderFetch, providerFetch } from '../../src/drivers/provider-fetch.ts'
import { createDriver } from '../../src/drivers/registry.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { providerAt } from './provider-at.ts'

const BASE = {
  openai: '/openai/v1',
  'openai-compatible': '/openai/v1',
  anthropic: '/anthropic',
  google: '/google',
} as const

/** What a server answers to whoever asks it for a list, by the first part of the path. */
const ANSWERS: Readonly<Record<string, readonly [number, string]>> = {
  none: [404, '{"error":{"message":"Nothing here"}}'],
  overloaded: [503, 'busy'],
  limited: [429, '{"error":{"message":"Slow down"}}'],
  html: [200, '<html>Welcome</html>'],
  empty: [200, ''],
}

let simulator: Simulator
let server: Server
let provider: ProviderFetch
beforeAll(async () => {
  provider = providerFetch()
  simulator = await startSimulator({})
  server = createServer((request, response) => {
    const [status, body] = ANSWERS[request.url?.split('/')[1] ?? ''] ?? [0, '']
    if (status > 0) response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await simulator.close()
  await provider.close()
})

describe.each(Object.keys(BASE) as DriverName[])('the driver %s reaches its provider', (name) => {
  function reach(origin: string, secret: string | null, signal = new AbortController().signal) {
    const driver = createDriver(providerAt(name, `${origin}${BASE[name]}`), {
      fetch: provider.fetch,
      clock: systemClock,
    })
    return driver.reach(secret, signal)
  }
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  it('by its list of models, with its key', async () => {
    await reach(simulator.url, `sk-test-${name}-0000`)
    const log = (await (await fetch(`${simulator.url}/_log`)).json()) as { wire: string; key: string; path: string }[]
    expect(log.at(-1)).toMatchObject({ wire: 'models', key: 'sk-t…0000' })
    await reach(simulator.url, null)
  })

  it.each([
    ['a key that is turned down', () => reach(simulator.url, 'sk-test-invalid-0000'), 'AUTHENTICATION'],
    ['a provider that has no list', () => reach(`${origin()}/none`, null), 'NOT_FOUND'],
    ['a provider that is overloaded', () => reach(`${origin()}/overloaded`, null), 'OVERLOADED'],
    ['a rate limit', () => reach(`${origin()}/limited`, null), 'RATE_LIMITED'],
    ['a page of HTML', () => reach(`${origin()}/html`, null), 'MALFORMED'],
    ['nothing', () => reach(`${origin()}/empty`, null), 'MALFORMED'],
    ['nobody there', () => reach('http://127.0.0.1:1', null), 'NETWORK'],
  ])('or says why not: %s', async (_title, attempt, kind) => {
    const error = await attempt().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProviderError)
    expect(error).toMatchObject({ kind })
  })

  it('until it is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const asked = reach(`${origin()}/silent`, null, controller.signal)
    setTimeout(() => controller.abort(reason), 20)
    await expect(asked).rejects.toBe(reason)
  })
})
