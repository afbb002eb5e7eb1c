import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WIRE_NAMES, type WireName } from '../../src/simulator/ask.ts'
import { REFUSALS, type RefusalName } from '../../src/simulator/fault.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { KEY, rawFetch } from './clients.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({})
})
afterAll(() => simulator.close())

const ask = (wire: WireName, model: string, streaming: boolean, key: string | null = KEY) =>
  rawFetch(simulator.url, wire, model, { streaming, key })

/** Where a refusal's status is not the number in its name. */
const STATUS: Partial<Record<RefusalName, Partial<Record<WireName, number>> & { readonly other: number }>> = {
  'bad-key': { google: 400, other: 401 },
  blocked: { google: 200, other: 400 },
  context: { other: 400 },
  'no-credit': { anthropic: 400, other: 429 },
  quota: { anthropic: 400, other: 429 },
}

function statusOf(name: RefusalName, wire: WireName): number {
  const special = STATUS[name]
  return special === undefined ? Number.parseInt(name, 10) : (special[wire] ?? special.other)
}

const END_MARKS = {
  'openai-chat': { finish: '"finish_reason":"stop"', end: 'data: [DONE]' },
  'openai-responses': { finish: 'event: response.completed', end: 'event: response.completed' },
  anthropic: { finish: 'event: message_delta', end: 'event: message_stop' },
  google: { finish: '"finishReason"', end: '"finishReason"' },
} satisfies Record<WireName, { finish: string; end: string }>

/** Reads to the end, or to where the connection breaks. */
async function readAll(response: Response): Promise<{ readonly text: string; readonly broke: boolean }> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {}
      if (done) return { text, broke: false }
      text += decoder.decode(value, { stream: true })
    }
  } catch {
    return { text, broke: true }
  }
}

describe.each(WIRE_NAMES)('%s', (wire) => {
  const marks = END_MARKS[wire]
  const asked = REFUSALS.filter((name) => name !== 'missing-key' && name !== 'unreadable')

  it.each(asked)('refuses: %s', async (name) => {
    for (const streaming of [false, true]) {
      const response = await ask(wire, `m+${name}`, streaming)
      const body = await response.text()
      expect(response.status).toBe(statusOf(name, wire))
      if (name === '502') expect(body).toContain('<html>')
      else if (wire === 'google' && name === 'blocked') expect(body).toContain('"blockReason"')
      else expect(JSON.parse(body).error.message).toEqual(expect.any(String))
    }
  })

  it('ends too early', async () => {
    const { text, broke } = await readAll(await ask(wire, 'm+cut=1', true))
    expect(broke).toBe(false)
    expect(text).toContain('The')
    expect(text).not.toContain(marks.end)
    const unary = await (await ask(wire, 'm+cut', false)).text()
    expect(() => JSON.parse(unary)).toThrow(SyntaxError)
  })

  it('resets the connection mid-stream, after what came before arrived', async () => {
    const { text, broke } = await readAll(await ask(wire, 'm+reset=1', true))
    expect(broke).toBe(true)
    expect(text).toContain('The')
    expect(text).not.toContain(marks.end)
  })

  it('resets the connection before it answers', async () => {
    await expect(ask(wire, 'm+hangup', true)).rejects.toThrow('fetch failed')
  })

  it('falls silent mid-stream and never answers', async () => {
    const response = await ask(wire, 'm+stall=1', true)
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toContain('data: ')
    const silence = new Promise((resolve) => setTimeout(() => resolve('silence'), 60))
    expect(await Promise.race([reader?.read(), silence])).toBe('silence')
    await reader?.cancel()
    const signal = AbortSignal.timeout(60)
    await expect(rawFetch(simulator.url, wire, 'm+silent', { streaming: true, signal })).rejects.toThrow()
  })

  it('falls silent after its headers', async () => {
    const going = new AbortController()
    const response = await rawFetch(simulator.url, wire, 'm+stall=0', { streaming: true, signal: going.signal })
    expect(response.status).toBe(200)
    going.abort()
  })

  it('sends a chunk that is no JSON', async () => {
    const { text } = await readAll(await ask(wire, 'm+malformed=1', true))
    const bad = text.split(/\r?\n/).filter((line) => {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') return false
      try {
        JSON.parse(line.slice(6))
        return false
      } catch {
        return true
      }
    })
    expect(bad).toHaveLength(1)
    expect(text).toContain(marks.end)
  })

  it.each(['error', 'failed'])('sends an error inside a 200: %s', async (name) => {
    for (const after of [0, 1]) {
      const response = await ask(wire, `m+${name}=${after}`, true)
      const { text } = await readAll(response)
      expect(response.status).toBe(200)
      expect(text).toMatch(/"(error|code)"/)
      expect(text.includes('The"') || text.includes('The capital')).toBe(after === 1)
      expect(text).not.toContain(marks.end)
    }
    const unary = await ask(wire, `m+${name}`, false)
    expect(unary.status).toBe(200)
    expect(await unary.text()).toContain('"error"')
  })

  it('withholds the end', async () => {
    const said = async (model: string) => (await readAll(await ask(wire, model, true))).text
    const bare = await said('m+no-end')
    expect([bare.includes(marks.finish), bare.includes(marks.end)]).toEqual([false, false])
    if (marks.finish === marks.end) return
    const unmarked = await said('m+no-done')
    expect([unmarked.includes(marks.finish), unmarked.includes(marks.end)]).toEqual([true, false])
    const unreasoned = await said('m+done-only')
    expect([unreasoned.includes(marks.finish), unreasoned.includes(marks.end)]).toEqual([false, true])
  })

  it('sends HTML, or nothing, with status 200', async () => {
    const html = await ask(wire, 'm+html', true)
    expect([html.status, html.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(await html.text()).toContain('<html>')
    const empty = await ask(wire, 'm+empty', true)
    expect([empty.status, await empty.text()]).toEqual([200, ''])
  })

  it('fails as often as the name says, then works, and starts over after a reset', async () => {
    const statuses = async () => {
      const answers = []
      for (let time = 0; time < 3; time++) answers.push((await ask(wire, `m+503x2+tag=${wire}`, false)).status)
      return answers
    }
    expect(await statuses()).toEqual([503, 503, 200])
    expect((await ask(wire, `m+503x2+tag=${wire}-other`, false)).status).toBe(503)
    expect((await ask(wire, `m+503x2+tag=${wire}`, false)).status).toBe(200)
  })

  it('wants a key, and refuses some', async () => {
    expect((await ask(wire, 'm', false, null)).status).toBe(wire === 'google' ? 403 : 401)
    expect((await ask(wire, 'm', false, 'sk-invalid-1')).status).toBe(wire === 'google' ? 400 : 401)
    expect((await ask(wire, 'm', false, 'sk-unpaid-1')).status).toBe(402)
    expect((await ask(wire, 'm', false, 'sk-forbidden-1')).status).toBe(403)
    expect((await ask(wire, 'm', false, 'sk-limited-1')).status).toBe(429)
  })

  it('says what it does not understand', async () => {
    const unknown = await ask(wire, 'm+nonsense', true)
    expect(unknown.status).toBe(400)
    expect((await unknown.json()).error.message).toContain("no behaviour 'nonsense'")
  })

  it('waits before headers, before the first token and between chunks', async () => {
    const startedAt = performance.now()
    const response = await ask(wire, 'm+headers=40+first-token=60+slow=15', true)
    const headersAt = performance.now() - startedAt
    await response.text()
    const doneAt = performance.now() - startedAt
    expect(headersAt).toBeGreaterThanOrEqual(38)
    expect(doneAt).toBeGreaterThanOrEqual(40 + 60 + 13)
  })
})

describe('a wait that a 429 asks for', () => {
  const waits = async (wire: WireName, model: string) => {
    const { headers } = await ask(wire, model, false)
    return [headers.get('retry-after'), headers.get('retry-after-ms')]
  }

  it.each(['openai-chat', 'openai-responses', 'anthropic'] as const)('is in the headers of %s', async (wire) => {
    expect(await waits(wire, 'm+429')).toEqual([null, null])
    expect(await waits(wire, 'm+429-after=3')).toEqual(['3', null])
    expect(await waits(wire, 'm+429-after-ms=1500')).toEqual(['2', '1500'])
    expect(await waits(wire, 'm+429-long')).toEqual(['3600', null])
    const [date] = await waits(wire, 'm+429-date=30')
    const wait = Date.parse(date ?? '') - Date.now()
    expect(wait).toBeGreaterThan(27_000)
    expect(wait).toBeLessThanOrEqual(30_000)
  })

  it("is a RetryInfo in Gemini's details", async () => {
    const { error } = await (await ask('google', 'm+429-after-ms=1500', false)).json()
    expect(error.details.at(-1)).toEqual({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' })
  })
})
