import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { newCallId } from '../../src/core/call-id.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { WebhookSettings } from '../../src/core/settings.ts'
import { providerFetch } from '../../src/drivers/provider-fetch.ts'
import { startCourier } from '../../src/webhooks/courier.ts'
import { endpointOf } from '../../src/webhooks/deliveries.ts'
import { eventually } from '../e2e/client.ts'
import { leapingClock } from '../e2e/harness.ts'
import { quiet } from '../ledger/sample-calls.ts'
import { describeDatabases } from '../support/database.ts'

const SECRET = Buffer.from('an obviously fake secret of tests')

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

describeDatabases('webhooks', (suite) => {
  const received: Received[] = []
  let answers: number[] = []
  let origin = ''
  const server = createServer(async (request, response) => {
    received.push({ path: request.url ?? '', headers: request.headers, body: await text(request) })
    response.writeHead(answers.shift() ?? 204, { location: `${origin}/elsewhere` }).end()
  })
  const { fetch, close: closeFetch } = providerFetch()
  const stops: (() => Promise<void>)[] = []
  const start = (path: string, clock = systemClock) => {
    const webhook: WebhookSettings = { url: `${origin}${path}`, secret: SECRET, events: ['quota.threshold'] }
    const database = suite.database()
    const stop = startCourier({ webhooks: [webhook], database, clock, random: () => 0, fetch, logger: quiet })
    stops.push(stop)
    return { stop, endpoint: endpointOf(webhook) }
  }
  const stopAll = () => Promise.all(stops.splice(0).map((stop) => stop()))
  const to = (path: string) => received.filter((each) => each.path === path)

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  })
  afterAll(async () => {
    await stopAll()
    await closeFetch()
    server.close()
  })
  beforeEach(() => {
    answers = []
  })

  async function happens(threshold = 80): Promise<string> {
    const id = newCallId(systemClock)
    await suite.database().sql`
      insert into quota_event
        (id, at, quota_id, window_start, subject, threshold, project_id, scope_type, scope_key, scope_value, unit,
         window_name, limit_amount, used, reserved)
      values (${id}::uuid, now(), ${id}::uuid, now(), '', ${threshold}, ${id}::uuid, 'tag', 'team', 'red', 'USD', 'DAY',
        ${'5000000000000'}::numeric, ${'4100000000000'}::numeric, 0)`
    return id
  }

  it('are told of an event once, signed as the specification has it', async () => {
    start('/one')
    const eventId = await happens()
    const [message] = await eventually(async () => (to('/one').length > 0 ? to('/one') : null))
    if (!message) throw new Error('nothing came')
    const { headers, body } = message
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', SECRET).update(signed).digest('base64')}`)
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60)
    expect(JSON.parse(body)).toMatchObject({
      type: 'quota.threshold',
      timestamp: expect.stringMatching(/Z$/),
      data: {
        eventId,
        scope: { type: 'TAG', key: 'team', value: 'red' },
        threshold: 80,
        limit: '5',
        used: '4.1',
        reserved: '0',
        endUser: null,
      },
    })
    await stopAll()
    expect(to('/one')).toHaveLength(1)
  })

  it('are told by one of several replicas', async () => {
    for (let i = 0; i < 3; i += 1) start('/shared')
    const ids = await Promise.all(Array.from({ length: 10 }, () => happens()))
    await eventually(async () => (to('/shared').length >= ids.length ? true : null))
    await stopAll()
    const told = to('/shared').map(({ body }) => JSON.parse(body).data.eventId)
    expect(told.sort()).toEqual([...ids].sort())
  })

  it('that fail are told again under the same id, and not beyond a redirect', async () => {
    answers = [500, 302]
    const { endpoint } = start('/shaky')
    await happens()
    for (const tries of [1, 2]) {
      await eventually(async () => (to('/shaky').length === tries ? true : null))
      await eventually(async () => {
        const [row] = await suite.database().sql<{ last_error: string }[]>`
          update webhook_delivery set next_at = now()
          where endpoint = ${endpoint} and attempts = ${tries} and last_error is not null returning last_error`
        return row ?? null
      })
    }
    await eventually(async () => (to('/shaky').length === 3 ? true : null))
    await stopAll()
    expect(new Set(to('/shaky').map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(to('/elsewhere')).toEqual([])
    const rows = await suite.database().sql`
      select outcome, attempts, payload::text as payload from webhook_delivery where endpoint = ${endpoint}`
    expect(rows).toMatchObject([{ outcome: 'DELIVERED', attempts: 3 }])
    expect(JSON.stringify(rows)).not.toContain(origin)
  })

  it('that want no more, or fail for a day, are given up', async () => {
    answers = [410]
    const gone = start('/gone', leapingClock())
    await happens()
    await outcomeAt(gone.endpoint)
    await stopAll()
    answers = [500]
    const dead = start('/dead')
    await suite.database().sql`
      insert into webhook_delivery (id, event_id, endpoint, created_at, payload, attempts, next_at)
      values (${newCallId(systemClock)}::uuid, ${newCallId(systemClock)}::uuid, ${dead.endpoint},
        now() - interval '23 hours 59 minutes', '{}', 12, now())`
    await outcomeAt(dead.endpoint)
  })

  async function outcomeAt(endpoint: string): Promise<void> {
    await eventually(async () => {
      const [row] = await suite.database().sql<{ outcome: string | null }[]>`
        select outcome from webhook_delivery where endpoint = ${endpoint} and ended_at is not null`
      return row?.outcome === 'GIVEN_UP' ? row : null
    })
  }
})
