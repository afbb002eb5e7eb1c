import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import type { JsonValue } from '../../src/core/json.ts'
import { readLayout, recordLayout } from '../../src/drivers/answer-layout.ts'
import { parseDataUrl } from '../../src/drivers/data-url.ts'
import { messagePath } from '../../src/drivers/message-path.ts'
import { nextWithin } from '../../src/drivers/next-within.ts'
import { withProviderOptions } from '../../src/drivers/provider-options.ts'
import { user } from './conversation-with.ts'

describe('withProviderOptions', () => {
  it('merges objects, adds tools and replaces the rest, and changes nothing of what it was given', () => {
    const body = { a: 1, deep: { x: 1, y: [1] }, tools: [1], gone: 'x' }
    const options = { deep: { y: [2], z: null }, tools: [2], gone: null, more: true }
    expect(withProviderOptions(body, options)).toEqual({
      a: 1,
      deep: { x: 1, y: [2], z: null },
      tools: [1, 2],
      gone: null,
      more: true,
    })
    expect(body.tools).toEqual([1])
  })
})

describe('parseDataUrl', () => {
  it('takes base64 and plain data, with and without parameters', () => {
    expect(parseDataUrl('data:image/png;base64,AAAA')).toEqual({ mediaType: 'image/png', data: 'AAAA' })
    expect(parseDataUrl('data:text/plain;charset=utf-8;base64,QQ==')).toEqual({ mediaType: 'text/plain', data: 'QQ==' })
    expect(parseDataUrl('data:,a%20b')).toEqual({
      mediaType: 'text/plain',
      data: Buffer.from('a b').toString('base64'),
    })
    expect(parseDataUrl('https://example.org/data:image/png;base64,AAAA')).toBeNull()
    expect(parseDataUrl('data:,%')).toBeNull()
  })
})

describe('an answer’s layout', () => {
  it('is nothing where there is only text and calls', () => {
    const layout = recordLayout()
    layout.text(3)
    layout.toolCall(0)
    expect(layout.state('m')).toBeNull()
  })

  it('comes back whole, or in parts where the message no longer fits it', () => {
    const layout = recordLayout()
    layout.text(2)
    layout.text(1)
    layout.raw({ type: 'thinking' })
    layout.toolCall(0, { signature: 's' })
    const state: JsonValue = JSON.parse(JSON.stringify(layout.state('m')))
    const fits = readLayout(state, 'abc', 1)
    expect(fits.items).toEqual([{ text: 3 }, { raw: { type: 'thinking' } }, { toolCall: 0, extra: { signature: 's' } }])
    for (const changed of [readLayout(state, 'abcd', 1), readLayout(state, 'abc', 2)]) {
      expect(changed.items).toBeNull()
      expect([changed.raw, changed.toolCallExtras.get(0)]).toEqual([[{ type: 'thinking' }], { signature: 's' }])
    }
  })

  it.each<[JsonValue]>([[null], ['x'], [[1]], [{ items: 'x' }], [{ items: [1, null, { raw: 3 }] }]])(
    'takes %j for nothing',
    (state) => {
      expect(readLayout(state, 'abc', 0)).toMatchObject({ items: null, raw: [] })
    },
  )
})

describe('messagePath', () => {
  it('counts a leading system message as the field of that name', () => {
    const messages = [{ role: 'system', text: 'x' } as const, user('a'), user('b')]
    expect(messages.map((_, index) => messagePath(messages, index).join('.'))).toEqual([
      'system',
      'messages.0',
      'messages.1',
    ])
    expect(messagePath([user('a'), user('b')], 1)).toEqual(['messages', '1'])
  })
})

describe('nextWithin', () => {
  async function* slowly(ms: number) {
    await new Promise((resolve) => setTimeout(resolve, ms))
    yield 'late'
  }

  it('gives what comes in time, and null for what does not', async () => {
    expect(await nextWithin(slowly(1), 500, systemClock)).toEqual({ done: false, value: 'late' })
    expect(await nextWithin(slowly(200), 5, systemClock)).toBeNull()
  })
})
