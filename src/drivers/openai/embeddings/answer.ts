import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { NO_USAGE, type TokenUsage } from '../../../core/usage.ts'
import type { Vector } from '../../../core/vector.ts'
import type { EmbeddedBatch } from '../../embeddings/in-batches.ts'
import { readVector } from '../../embeddings/read-vector.ts'
import { countOf, textOf } from '../../json-reading.ts'
import { malformed } from '../../stream-error.ts'
import { classifyError } from '../classify-error.ts'
import type { ReaderContext } from '../reader-context.ts'

/**
 * Reads the body of a successful response.
 * @throws ProviderError for an error inside it, MALFORMED where it is no list of vectors
 */
export function readEmbeddings(body: JsonObject, context: ReaderContext): Omit<EmbeddedBatch, 'limits'> {
  if (body.error) throw classifyError({ status: 200, body: { error: body.error }, ...context })
  if (!Array.isArray(body.data)) throw malformed('The provider sent JSON that holds no vectors.')
  return { vectors: inOrder(body.data), usage: usageOf(body.usage), model: textOf(body.model) }
}

/** By `index`, where each is told one of its own; else as they came. */
function inOrder(data: readonly JsonValue[]): readonly Vector[] {
  const entries = data.filter(isJsonObject)
  const places = new Set(entries.map(({ index }) => index))
  const isPlaced = entries.every((_, place) => places.has(place))
  const sorted = isPlaced ? entries.toSorted((a, b) => Number(a.index) - Number(b.index)) : entries
  return sorted.map(({ embedding }) => readVector(embedding))
}

/**
 * All that a request for vectors uses is input. Services that report only a total mean the same by it; those that report
 * nothing write 0.
 */
function usageOf(usage: JsonValue | undefined): TokenUsage | null {
  if (!isJsonObject(usage)) return null
  const inputTokens = countOf(usage.prompt_tokens) ?? countOf(usage.total_tokens)
  return inputTokens === null || inputTokens === 0 ? null : { ...NO_USAGE, inputTokens }
}
