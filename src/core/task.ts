/** What a call asks a model for. */
export type Task = { readonly type: 'completion' } | EmbeddingTask

/** Texts to be turned into vectors. */
export interface EmbeddingTask {
  readonly type: 'embedding'
  /** At least one; their vectors come in the same order. */
  readonly texts: readonly string[]
  /** How many numbers each vector shall have; null leaves the model's own number. */
  readonly dimensions: number | null
}
