import type { Answer } from './completion.ts'
import type { Vector } from './vector.ts'

/** The answer of a call that asked for vectors. */
export interface Embedding extends Answer {
  /** One for each text, in the order of the texts; all of one model and of the same length. */
  readonly vectors: readonly Vector[]
}
