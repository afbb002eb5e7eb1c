import { describe, expect, it } from 'vitest'
import type { EmbedInput } from '../../../src/core/embed-input.ts'
import { checkEmbedInput, MOST_TEXTS } from '../../../src/pipeline/validate/check-embed-input.ts'

const pathsOf = (changes: Partial<EmbedInput>) => {
  const checked = checkEmbedInput({ model: 'openai/text-embedding-3-small', texts: ['Hello'], ...changes })
  return checked.ok ? [] : checked.issues.map(({ path }) => path.join('.'))
}

describe('what is asked to be embedded', () => {
  it('becomes a request that reads its texts and answers nothing', () => {
    const checked = checkEmbedInput({
      model: 'search',
      texts: ['one', 'two'],
      dimensions: 256,
      routing: { fallbacks: ['google/gemini-embedding-001'], maxCostUsd: '0.01' },
      tags: [{ key: 'job', value: 'search' }],
      endUser: 'u1',
      providerOptions: { google: { taskType: 'RETRIEVAL_QUERY' } },
    })
    expect(checked).toMatchObject({
      ok: true,
      request: {
        task: { type: 'embedding', texts: ['one', 'two'], dimensions: 256 },
        model: 'search',
        conversation: {
          messages: [{ role: 'user', parts: [{ text: 'one' }, { text: 'two' }] }],
          sampling: { maxOutputTokens: 0 },
        },
        routing: { fallbacks: ['google/gemini-embedding-001'], maxCost: 10_000_000_000n },
        tags: [{ key: 'job', value: 'search' }],
        endUser: 'u1',
        idempotencyKey: null,
        providerOptions: { google: { taskType: 'RETRIEVAL_QUERY' } },
      },
    })
  })

  it('takes null for absent', () => {
    const nothing = { dimensions: null, routing: null, tags: null, endUser: null, providerOptions: null }
    expect(pathsOf(nothing)).toEqual([])
  })

  it.each<[string, Partial<EmbedInput>, readonly string[]]>([
    ['no texts', { texts: [] }, ['texts']],
    ['as many texts as allowed', { texts: Array(MOST_TEXTS).fill('a') }, []],
    ['too many texts', { texts: Array(MOST_TEXTS + 1).fill('') }, ['texts']],
    ['blank texts', { texts: ['a', '', ' \n'] }, ['texts.1', 'texts.2']],
    ['a text too long', { texts: ['a', 'b'.repeat(200_001)] }, ['texts.1']],
    ['texts too long together', { texts: Array(21).fill('b'.repeat(200_000)) }, ['texts']],
    ['no dimension', { dimensions: 0 }, ['dimensions']],
    ['too many dimensions', { dimensions: 16_385 }, ['dimensions']],
    ['half a dimension', { dimensions: 1.5 }, ['dimensions']],
    ['a model without a side', { model: 'openai/' }, ['model']],
    ['an empty end user', { endUser: '' }, ['endUser']],
    ['a tag twice', { tags: Array(2).fill({ key: 'a', value: 'b' }) }, ['tags.1.key']],
    ['a cost that is none', { routing: { maxCostUsd: '-1' } }, ['routing.maxCostUsd']],
    ['options that are none', { providerOptions: { openai: 1 } }, ['providerOptions.openai']],
  ])('may be wrong: %s', (_title, changes, paths) => {
    expect(pathsOf(changes)).toEqual(paths)
  })
})
