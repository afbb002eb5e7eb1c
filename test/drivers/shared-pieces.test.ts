import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../src/core/provider-error.ts'
import { clientCache } from '../../src/drivers/client-cache.ts'
import { asNetworkError } from '../../src/drivers/network-error.ts'
import { scrub } from '../../src/drivers/scrub.ts'
import { eventDecoder } from '../../src/drivers/server-sent-events.ts'
import { kindOfStatus } from '../../src/drivers/status-kind.ts'
import { parseToolArguments } from '../../src/drivers/tool-arguments.ts'

describe('parseToolArguments', () => {
  it('takes nothing as an empty object and refuses what is not JSON', () => {
    for (const nothing of [null, '', '  ', 'null']) expect(parseToolArguments(nothing)).toEqual({})
    expect(parseToolArguments('{"a":[1]}')).toEqual({ a: [1] })
    expect(() => parseToolArguments('{"a":')).toThrow(ProviderError)
  })
})

describe('scrub', () => {
  it('removes secrets, whatever looks like a key, and what is too long', () => {
    const text = 'key my-own-secret, sk-proj-abcd****wxyz, Bearer abcdef.ghi, AIzaSyA-0123456789abc, ?api_key=hush&x=1'
    const clean = scrub(text, ['my-own-secret', ''])
    for (const secret of ['my-own-secret', 'sk-proj', 'abcdef.ghi', 'AIza', 'hush']) expect(clean).not.toContain(secret)
    expect(clean).toContain('&x=1')
    expect(scrub('a'.repeat(5_000), []).length).toBeLessThan(1_100)
  })

  it('removes what is left of a key whose middle was left out, and no other such word', () => {
    const secrets = ['fake-0123456789']
    for (const masked of ['fake…6789', 'fake-****6789', 'fa...89', 'fake-01***']) {
      expect(scrub(`Incorrect API key provided: ${masked}.`, secrets)).toBe('Incorrect API key provided: [removed].')
    }
    expect(scrub('Wait... it works, and 2**8 too', secrets)).toBe('Wait... it works, and 2**8 too')
  })
})

describe('asNetworkError', () => {
  it('names the code, hands on a ProviderError that an SDK wrapped, and throws the reason of an abort', () => {
    const { signal } = new AbortController()
    const refused = new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })
    expect(asNetworkError(refused, signal)).toMatchObject({
      kind: 'NETWORK',
      message: expect.stringContaining('ECONNREFUSED'),
      hopeless: false,
    })
    const late = Object.assign(new Error('late'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
    expect(asNetworkError(late, signal)).toMatchObject({ kind: 'NETWORK', hopeless: true })
    const known = new ProviderError({ kind: 'BILLING', message: 'empty' })
    expect(asNetworkError(new Error('wrapped', { cause: known }), signal)).toBe(known)
    const reason = new Error('gone')
    expect(() => asNetworkError(refused, AbortSignal.abort(reason))).toThrow(reason)
  })
})

describe('kindOfStatus', () => {
  it.each([
    [400, 'INVALID_REQUEST'],
    [401, 'AUTHENTICATION'],
    [402, 'BILLING'],
    [404, 'NOT_FOUND'],
    [408, 'SERVER_ERROR'],
    [413, 'CONTEXT_LENGTH'],
    [418, 'INVALID_REQUEST'],
    [429, 'RATE_LIMITED'],
    [500, 'SERVER_ERROR'],
    [529, 'OVERLOADED'],
  ])('takes %i as %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind)
  })
})

describe('clientCache', () => {
  it('makes one client per key and lets go of the one used longest ago', () => {
    let made = 0
    const clientFor = clientCache((secret) => ({ secret, number: ++made }))
    expect(clientFor('a')).toBe(clientFor('a'))
    expect(clientFor(null)).not.toBe(clientFor('a'))
    for (let i = 0; i < 64; i++) clientFor(`k${i}`)
    expect(clientFor('a').number).toBeGreaterThan(2)
  })
})

describe('eventDecoder', () => {
  const STREAM =
    ': ping\r\n\r\nevent: a\r\ndata: {"x":"ü€😀"}\r\n\r\ndata: one\ndata:two\n\n\rdata: [DONE]\r\rdata: cut'
  const EVENTS = [
    { event: 'a', data: '{"x":"ü€😀"}', terminated: true },
    { event: null, data: 'one\ntwo', terminated: true },
    { event: null, data: '[DONE]', terminated: true },
    { event: null, data: 'cut', terminated: false },
  ]
  it('reads the same events wherever the bytes are cut', () => {
    const bytes = new TextEncoder().encode(STREAM)
    for (let size = 1; size <= bytes.length; size++) {
      const decoder = eventDecoder()
      const events = []
      for (let at = 0; at < bytes.length; at += size) events.push(...decoder.push(bytes.subarray(at, at + size)))
      events.push(...decoder.flush())
      expect(events).toEqual(EVENTS)
    }
  })
})
