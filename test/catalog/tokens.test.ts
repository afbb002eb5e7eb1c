import { describe, expect, it } from 'vitest'
import { countTokens } from '../../src/catalog/count-tokens.ts'
import { estimateInputTokens, estimateTokens } from '../../src/catalog/estimate-tokens.ts'
import type { Conversation } from '../../src/core/conversation.ts'

const PROSE = 'The ferry left the harbour late because the captain had lost his keys, and nobody minded very much. '

const ASKED: Conversation = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: PROSE }] }],
  tools: [],
  toolChoice: null,
  output: { type: 'text' },
  sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
  reasoning: null,
}

describe('countTokens', () => {
  it('counts as the tokenizer of the model', async () => {
    expect(await countTokens('hello world')).toBe(2)
    expect(await countTokens('今天天气很好', 'gpt-4')).toBeGreaterThan(await countTokens('今天天气很好', 'gpt-4o'))
    expect(await countTokens('')).toBe(0)
  })

  it('answers at once when the tokenizer is loaded', async () => {
    await countTokens('load')
    expect(countTokens('hello world')).toBe(2)
  })

  it('takes marks of the tokenizer for text', async () => {
    expect(await countTokens('a <|endoftext|> b')).toBeGreaterThan(5)
  })

  it('counts long texts piece by piece, as exactly as short ones', async () => {
    const one = await countTokens(PROSE)
    expect(await countTokens(PROSE.repeat(100))).toBeGreaterThan(99 * (one - 1))
    expect(await countTokens(PROSE.repeat(100))).toBeLessThan(101 * one)
    const ratio = (await countTokens(PROSE.repeat(6000))) / (await countTokens(PROSE.repeat(1000)))
    expect(ratio).toBeCloseTo(6, 1)
  })

  it.each([['a'.repeat(200_000)], [' '.repeat(200_000)], ['漢'.repeat(100_000)], ['😀'.repeat(50_000)]])(
    'counts runs without an end, which byte-pair merging alone takes minutes for',
    async (text) => {
      expect(await countTokens(text)).toBeGreaterThan(1_000)
    },
  )
})

describe('estimates', () => {
  it.each([
    ['English', PROSE.repeat(20)],
    ['Chinese', '今天天气很好，我们去公园散步吧。'.repeat(20)],
    ['Japanese', '今日はとても良い天気ですね。散歩に行きましょう。'.repeat(20)],
    ['Korean', '오늘은 날씨가 좋네요. 같이 산책하러 갈까요? '.repeat(20)],
    ['Russian', 'Сегодня хорошая погода, пойдём гулять в парк. '.repeat(20)],
    ['code', 'export function area(w: number, h: number): number {\n  return w * h\n}\n'.repeat(20)],
  ])('are within 40 % for %s', async (_, text) => {
    const ratio = estimateTokens(text) / (await countTokens(text))
    expect(ratio).toBeGreaterThan(0.6)
    expect(ratio).toBeLessThan(1.4)
  })

  it('grow with everything that a model is asked', () => {
    const plain = estimateInputTokens(ASKED)
    expect(plain).toBeGreaterThanOrEqual(estimateTokens(PROSE))
    const schema = { type: 'object', properties: { name: { type: 'string' } } }
    const richer: readonly Conversation[] = [
      { ...ASKED, messages: [{ role: 'system', text: PROSE }, ...ASKED.messages] },
      { ...ASKED, tools: [{ name: 'look', description: null, parameters: schema, strict: null }] },
      { ...ASKED, output: { type: 'schema', name: 'out', schema } },
      { ...ASKED, messages: [...ASKED.messages, { role: 'tool', toolCallId: '1', content: PROSE, isError: false }] },
      {
        ...ASKED,
        messages: [
          ...ASKED.messages,
          {
            role: 'assistant',
            text: null,
            toolCalls: [{ id: '1', name: 'look', arguments: { at: PROSE } }],
            providerState: null,
          },
        ],
      },
    ]
    for (const conversation of richer) expect(estimateInputTokens(conversation)).toBeGreaterThan(plain)
  })

  it('take images and files at rough constants, whatever the length of their URL or data', () => {
    const withParts = (data: string, mediaType: string) =>
      estimateInputTokens({
        ...ASKED,
        messages: [{ role: 'user', parts: [{ type: 'file', mediaType, data, name: null }] }],
      })
    const image = estimateInputTokens({
      ...ASKED,
      messages: [{ role: 'user', parts: [{ type: 'image', url: `data:image/png;base64,${'A'.repeat(100_000)}` }] }],
    })
    expect(image).toBeLessThan(2_000)
    expect(withParts('A'.repeat(400_000), 'application/pdf')).toBeLessThan(20_000)
    expect(withParts('A'.repeat(4_000), 'text/plain')).toBeLessThan(1_000)
  })
})
