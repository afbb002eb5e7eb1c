import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LogEntry } from '../../src/simulator/request-log.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { KEY, rawFetch } from './clients.ts'

let simulator: Simulator
beforeEach(async () => {
  simulator = await startSimulator({})
})
afterEach(() => simulator.close())

async function log(): Promise<readonly LogEntry[]> {
  return (await fetch(`${simulator.url}/_log`)).json()
}

/** Asks until the answer pleases; for what the server notices a moment later. */
async function eventually<T>(ask: () => Promise<T>, pleases: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ask()
    if (pleases(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('It never came to be.')
}

describe('the log', () => {
  it('tells what was asked, with the key masked, and what came of it', async () => {
    await (await rawFetch(simulator.url, 'google', 'gemini-x+cut=1', { streaming: true })).text()
    const [entry] = await eventually(log, ([first]) => first?.done === true)
    expect(entry).toMatchObject({
      number: 1,
      wire: 'google',
      path: '/google/v1beta/models/gemini-x+cut=1:streamGenerateContent',
      model: 'gemini-x+cut=1',
      streaming: true,
      key: 'sk-s…0001',
      body: { contents: [{ role: 'user', parts: [{ text: 'What is the capital of France?' }] }] },
      fault: 'cut',
      status: 200,
      chunks: 1,
      clientClosedAfterMs: null,
    })
    expect(JSON.stringify(await log())).not.toContain(KEY)
    expect(entry?.durationMs).toBeGreaterThan(0)
  })

  it('keeps keys in queries to itself', async () => {
    const path = '/google/v1beta/models/g:generateContent'
    const body = JSON.stringify({ contents: [{ parts: [{ text: 'Hi' }] }] })
    const response = await fetch(`${simulator.url}${path}?key=${KEY}`, { method: 'POST', body })
    expect(response.status).toBe(200)
    const [entry] = await log()
    expect(entry).toMatchObject({ path, key: 'sk-s…0001' })
  })

  it('is emptied with the counters of faults', async () => {
    const status = async () => (await rawFetch(simulator.url, 'openai-chat', 'm+500x1', { streaming: false })).status
    expect([await status(), await status()]).toEqual([500, 200])
    expect((await fetch(`${simulator.url}/_log`, { method: 'DELETE' })).status).toBe(204)
    expect(await log()).toEqual([])
    expect([await status(), await status()]).toEqual([500, 200])
    expect(await log()).toHaveLength(2)
  })

  it.each(['m+slow=20+words=1000', 'm+silent', 'm+stall=0', 'm+first-token=60000'])(
    'notices that a client went away: %s',
    async (model) => {
      const going = new AbortController()
      const asked = rawFetch(simulator.url, 'openai-chat', model, { streaming: true, signal: going.signal })
      const read = asked.then((response) => response.text())
      await eventually(log, (entries) => entries.length === 1)
      await new Promise((resolve) => setTimeout(resolve, 60))
      going.abort()
      await expect(read).rejects.toThrow()
      const [entry] = await eventually(log, ([first]) => first?.done === true)
      expect(entry?.clientClosedAfterMs).toBeGreaterThan(50)
      expect(entry?.clientClosedAfterMs).toBeLessThan(1_000)
      expect(entry?.chunks).toBeLessThan(1_000)
    },
  )
})

/** Asks for a stream over a bare socket, which costs less than fetch. */
function askOverSocket(model: string): Socket {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] })
  const { port, hostname } = new URL(simulator.url)
  const head = [
    'POST /openai/v1/chat/completions HTTP/1.1',
    `Host: ${hostname}`,
    `Authorization: Bearer ${KEY}`,
    `Content-Length: ${body.length}`,
  ]
  const socket = connect(Number(port), hostname)
  socket.resume()
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return socket
}

describe('the server', () => {
  it('lists models and answers browsers from anywhere', async () => {
    for (const path of ['/openai/v1/models', '/anthropic/v1/models', '/google/v1beta/models']) {
      const response = await fetch(`${simulator.url}${path}`)
      expect(response.status).toBe(200)
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
    }
    const headers = { origin: 'https://app.example', 'access-control-request-headers': 'authorization,x-stainless-os' }
    const preflight = await fetch(`${simulator.url}/openai/v1/responses`, { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,x-stainless-os')
  })

  it('refuses what is no request', async () => {
    const post = (path: string, body: string, headers = {}) =>
      fetch(`${simulator.url}${path}`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${KEY}`, 'x-api-key': KEY, ...headers },
      })
    expect((await post('/openai/v1/chat/completions', 'no json')).status).toBe(400)
    expect((await post('/openai/v1/chat/completions', '{"model":"m","messages":[]}')).status).toBe(400)
    expect((await post('/anthropic/v1/messages', '{"model":"m","messages":[]}')).status).toBe(400)
    const versioned = await post('/anthropic/v1/messages', '{"model":"m","messages":[{"role":"user","content":"x"}]}', {
      'anthropic-version': '2023-06-01',
    })
    expect((await versioned.json()).error.message).toBe('max_tokens: Field required')
    expect((await post('/elsewhere', '{}')).status).toBe(404)
  })

  it('sends rate limits and a request id', async () => {
    const openai = await rawFetch(simulator.url, 'openai-chat', 'm', { streaming: false })
    expect(openai.headers.get('x-ratelimit-remaining-requests')).toBe('9999')
    expect(openai.headers.get('x-request-id')).toMatch(/^req_/)
    const anthropic = await rawFetch(simulator.url, 'anthropic', 'm', { streaming: false })
    expect(Number(anthropic.headers.get('anthropic-ratelimit-input-tokens-remaining'))).toBeGreaterThan(0)
    expect(Date.parse(anthropic.headers.get('anthropic-ratelimit-requests-reset') ?? '')).toBeGreaterThan(0)
    expect(anthropic.headers.get('request-id')).toMatch(/^req_/)
  })

  it('carries a thousand streams at once, and sees each of them go', async () => {
    const sockets = Array.from({ length: 1_000 }, () => askOverSocket('m+stall=1'))
    const all = (test: (entry: LogEntry) => boolean) =>
      eventually(log, (entries) => entries.length === 1_000 && entries.every(test))
    await all((entry) => entry.chunks === 1 && !entry.done)
    for (const socket of sockets) socket.destroy()
    await all((entry) => entry.clientClosedAfterMs !== null)
  })

  it('destroys open connections when it closes', async () => {
    const idle = connect(Number(new URL(simulator.url).port), '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    const gone = new Promise((resolve) => idle.once('close', resolve))
    idle.on('error', () => {})
    const stream = await rawFetch(simulator.url, 'anthropic', 'm+stall', { streaming: true })
    const read = expect(stream.text()).rejects.toThrow()
    await simulator.close()
    await read
    await gone
    await simulator.close()
  })
})
