import { describe, expect, it } from 'vitest'
import { batchesOf } from '../../../src/drivers/embeddings/batches.ts'
import { textsOf } from './embed-with.ts'

describe('batches', () => {
  it('hold every text once, in order, and no more texts than allowed', () => {
    for (const count of [1, 9, 10, 11, 25]) {
      const batches = batchesOf(textsOf(count), { texts: 10, tokens: null })
      expect(batches.flat()).toEqual(textsOf(count))
      expect(batches).toHaveLength(Math.ceil(count / 10))
    }
  })

  it('hold no more tokens than allowed, whatever the script', () => {
    const limits = { texts: 100, tokens: 1_000 }
    const sizes = (text: string) => batchesOf(Array(4).fill(text), limits).map((batch) => batch.length)
    expect(sizes('a'.repeat(1_000))).toEqual([2, 2])
    expect(sizes('語'.repeat(250))).toEqual([2, 2])
    expect(sizes('a'.repeat(500))).toEqual([4])
  })

  it('leave a text alone that is too long by itself', () => {
    const limits = { texts: 100, tokens: 10 }
    expect(batchesOf(['a', 'b'.repeat(1_000), 'c'], limits).map((batch) => batch.length)).toEqual([1, 1, 1])
  })
})
