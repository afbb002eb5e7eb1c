import { createHash } from 'node:crypto'

/** How many numbers a model's vectors have where nothing else is asked; others have the usual number. */
const LENGTHS: Readonly<Record<string, number>> = {
  'text-embedding-3-large': 3_072,
  'gemini-embedding-001': 3_072,
  'text-embedding-004': 768,
}
const USUAL_LENGTH = 1_536

/** A longer text is known by its first words. */
const WORDS = 200

/** Numbers have eight decimals, as many as providers write. */
const PRECISION = 1e8

/** The most numbers that a model's vectors can have. */
export function lengthOf(model: string): number {
  return LENGTHS[model] ?? USUAL_LENGTH
}

/**
 * A text's vector, of length 1: the sum of the directions of its words, so that texts with words in common lie closer
 * together. The same text always has the same vector, and a shorter one is the beginning of a longer one, scaled.
 */
export function vectorOf(text: string, length: number): readonly number[] {
  const sum = new Float64Array(length)
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]
  for (const word of words.slice(0, WORDS)) addDirection(sum, word)
  const norm = Math.sqrt(sum.reduce((squares, value) => squares + value * value, 0))
  return Array.from(sum, (value) => Math.round((value / norm) * PRECISION) / PRECISION)
}

/** Adds numbers that look random and hang on the word alone (xorshift32). */
function addDirection(sum: Float64Array, word: string): void {
  let state = createHash('sha256').update(word).digest().readUInt32LE() || 1
  for (let at = 0; at < sum.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    sum[at] = (sum[at] ?? 0) + state / 2 ** 31
  }
}
