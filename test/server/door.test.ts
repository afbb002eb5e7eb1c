import { describe, expect, it } from 'vitest'
import { KEY, openDoor } from './open-door.ts'

const QUERY = '?query={__typename}'
const SUBSCRIPTION = `?query=${encodeURIComponent('subscription { callEvents(callId: "x") { seq } }')}`

describe('health', () => {
  it('is live and ready', async () => {
    const { url } = await openDoor()
    for (const [path, status] of [
      ['/health/live', 'live'],
      ['/health/ready', 'ready'],
    ] as const) {
      const response = await fetch(new URL(path, url))
      expect(response.status).toBe(200)
      expect(await response.json()).toEqual({ status })
    }
  })

  it('is not ready where the check fails, without saying more than that', async () => {
    const { url, log } = await openDoor({ ready: () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1')) })
    const response = await fetch(new URL('/health/ready', url))
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ status: 'unavailable' })
    expect(log.some((line) => line.msg === 'Not ready')).toBe(true)
    expect((await fetch(new URL('/health/live', url))).status).toBe(200)
  })

  it('is not ready where the check hangs', async () => {
    const { url } = await openDoor({ ready: () => new Promise(() => {}) })
    expect((await fetch(new URL('/health/ready', url))).status).toBe(503)
  })

  it('answers 404 elsewhere', async () => {
    const { url } = await openDoor()
    for (const path of ['/', '/graphql/x', '/health']) expect((await fetch(new URL(path, url))).status).toBe(404)
  })
})

describe('GraphiQL', () => {
  it('is served to browsers, without anything from elsewhere', async () => {
    const { url } = await openDoor()
    const response = await fetch(url, { headers: { accept: 'text/html,*/*' } })
    expect(response.headers.get('content-type')).toContain('text/html')
    const page = await response.text()
    expect(page).toContain('completionStream')
    expect(page).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/)
  })

  it('offers headers that a browser can send', async () => {
    const { url } = await openDoor()
    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
    const offered = /Bearer [^\\"]+/.exec(page)?.[0] ?? ''
    expect(offered).toMatch(/^Bearer sy_\w+$/)
    expect(new Headers({ authorization: offered }).get('authorization')).toBe(offered)
  })

  it('can be turned off', async () => {
    const { url } = await openDoor({ graphiql: false })
    const response = await fetch(url, { headers: { accept: 'text/html' } })
    expect(await response.text()).not.toContain('<html')
  })
})

describe('cross-site requests', () => {
  const send = (url: string, init: RequestInit) => fetch(url, init).then((response) => response.status)

  it('of forms and text are refused, of JSON let through', async () => {
    const { url } = await openDoor()
    const body = JSON.stringify({ query: '{ __typename }' })
    expect(await send(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).toBe(200)
    for (const type of [
      'text/plain',
      'text/plain;charset=UTF-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': type },
        body: 'query={__typename}',
      })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CSRF_PREVENTED' } }] })
    }
    expect(await send(url, { method: 'POST', body: new Blob([body]) })).toBe(403)
  })

  it('by GET may ask what changes nothing, but neither complete nor follow', async () => {
    const { url, house } = await openDoor()
    expect(await send(`${url}${QUERY}`, {})).toBe(200)
    expect(await send(`${url}?query=mutation{__typename}`, {})).toBe(405)
    expect(await send(`${url}${SUBSCRIPTION}`, { headers: { accept: 'text/event-stream' } })).toBe(403)
    expect(house.asked.joined).toEqual([])
    expect(await send(`${url}${SUBSCRIPTION}`, { headers: { accept: 'text/event-stream', authorization: KEY } })).toBe(
      200,
    )
  })
})

describe('CORS', () => {
  const origin = 'https://app.example.test'
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  }
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin')

  it('allows nobody by default', async () => {
    const { url } = await openDoor()
    expect(allowed(await fetch(url, preflight))).toBeNull()
    expect(allowed(await fetch(`${url}${QUERY}`, { headers: { origin } }))).toBeNull()
  })

  it('allows the configured origins, without cookies', async () => {
    const { url, post } = await openDoor({ corsOrigins: ['https://other.example.test', origin] })
    const response = await fetch(url, preflight)
    expect(response.status).toBe(204)
    expect(allowed(response)).toBe(origin)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,content-type')
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(allowed(await post('{ __typename }', { headers: { origin } }))).toBe(origin)
    for (const stranger of ['https://evil.example.test', 'null']) {
      expect(allowed(await post('{ __typename }', { headers: { origin: stranger } }))).toBeNull()
    }
  })

  it('allows all with *', async () => {
    const { post } = await openDoor({ corsOrigins: ['*'] })
    expect(allowed(await post('{ __typename }', { headers: { origin } }))).toBe(origin)
  })
})

describe('request ids', () => {
  it('are taken over where they are plain, and made otherwise', async () => {
    const { post, log } = await openDoor()
    const given = await post('{ __typename }', { headers: { 'x-request-id': 'abc-1' } })
    expect(given.headers.get('x-request-id')).toBe('abc-1')
    await given.text()
    expect(log).toContainEqual(
      expect.objectContaining({ requestId: 'abc-1', method: 'POST', path: '/graphql', status: 200 }),
    )
    const odd = await post('{ __typename }', { headers: { 'x-request-id': 'a b<script>' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })
})
