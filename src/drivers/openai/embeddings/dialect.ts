import type { BatchLimits } from '../../embeddings/batches.ts'

/** How a service takes requests for vectors. Data only: a driver never asks for a name. */
export interface EmbeddingDialect {
  readonly limits: BatchLimits
  /** The field for how many numbers a vector shall have. */
  readonly dimensionsField: 'dimensions' | 'output_dimension'
  /** Models, by name, whose vectors have one length only. */
  readonly fixedDimensions: RegExp | null
}

/**
 * OpenAI itself: 2,048 texts and 300,000 tokens a request, and `dimensions` from text-embedding-3 on
 * (platform.openai.com/docs/api-reference/embeddings/create).
 */
export const OPENAI_EMBEDDINGS: EmbeddingDialect = {
  limits: { texts: 2_048, tokens: 300_000 },
  dimensionsField: 'dimensions',
  fixedDimensions: /ada-002/,
}

/**
 * What any server takes: 32 texts is the lowest default that there is (`--max-client-batch-size` of Hugging Face's
 * text-embeddings-inference). Servers without a limit lose little by it.
 */
export const COMMON_EMBEDDINGS: EmbeddingDialect = {
  limits: { texts: 32, tokens: 300_000 },
  dimensionsField: 'dimensions',
  fixedDimensions: null,
}
