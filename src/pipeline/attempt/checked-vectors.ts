import type { EmbeddingRequest, VectorsEvent } from '../../core/driver.ts'
import { ProviderError } from '../../core/provider-error.ts'
import type { Vector } from '../../core/vector.ts'

/**
 * All vectors of an attempt in order.
 * @throws ProviderError MALFORMED where there is not one for each text or they differ in length, INVALID_REQUEST where
 * the provider passed over the dimensions that were asked for
 */
export function checkedVectors(
  batches: readonly VectorsEvent[],
  { texts, dimensions }: EmbeddingRequest,
): readonly Vector[] {
  const vectors = batches.flatMap((batch) => batch.vectors)
  if (vectors.length !== texts.length) {
    throw malformed(`The provider sent ${vectors.length} vectors for ${texts.length} texts.`)
  }
  const length = vectors[0]?.length ?? 0
  if (length === 0 || vectors.some((vector) => vector.length !== length)) {
    throw malformed('The provider sent vectors of different lengths.')
  }
  if (dimensions !== null && length !== dimensions) throw passedOver(dimensions, length)
  return vectors
}

function malformed(message: string): ProviderError {
  return new ProviderError({ kind: 'MALFORMED', message, httpStatus: 200 })
}

function passedOver(dimensions: number, length: number): ProviderError {
  const message = `The model gave vectors of ${length} numbers, not of ${dimensions}: ask for what it can, or leave it out.`
  return new ProviderError({
    kind: 'INVALID_REQUEST',
    message,
    httpStatus: 200,
    issues: [{ path: ['dimensions'], message }],
  })
}
