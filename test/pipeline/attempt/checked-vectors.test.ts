import { describe, expect, it } from 'vitest'
import { ProviderError } from '../../../src/core/provider-error.ts'
import type { Vector } from '../../../src/core/vector.ts'
import { checkedVectors } from '../../../src/pipeline/attempt/checked-vectors.ts'

const checked = (batches: readonly (readonly Vector[])[], dimensions: number | null = null) =>
  checkedVectors(
    batches.map((vectors) => ({ type: 'vectors', vectors, usage: null })),
    { model: 'any', texts: ['a', 'b', 'c'], dimensions, secret: null, options: {} },
  )

const failure = (...given: Parameters<typeof checked>): ProviderError => {
  try {
    checked(...given)
  } catch (error) {
    if (error instanceof ProviderError) return error
  }
  throw new Error('these vectors were taken')
}

describe('the vectors of an attempt', () => {
  it('stand in the order of the texts', () => {
    expect(checked([[[1], [2]], [[3]]], 1)).toEqual([[1], [2], [3]])
  })

  it('are one for each text, all of the same length', () => {
    for (const batches of [
      [],
      [[[1], [2]]],
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [[[1], [2], [3, 4]]],
      [[[], [], []]],
    ]) {
      expect(failure(batches).kind).toBe('MALFORMED')
    }
  })

  it('have the length that was asked for', () => {
    const error = failure([[[1], [2], [3]]], 256)
    expect([error.kind, error.issues.map(({ path }) => path)]).toEqual(['INVALID_REQUEST', [['dimensions']]])
  })
})
