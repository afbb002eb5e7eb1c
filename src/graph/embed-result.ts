import type { Embedding } from '../core/embedding.ts'
import type { EmbedCallResult } from '../pipeline/gateway.ts'
import { builder } from './builder.ts'
import { type Failure, failureOf } from './call-error.ts'
import { CALL_ERROR_REFS } from './call-errors.ts'
import { EmbeddingRef } from './embedding.ts'

export const EmbedResultRef = builder.unionType('EmbedResult', {
  description: 'Vectors, or why there are none.',
  types: [EmbeddingRef, ...Object.values(CALL_ERROR_REFS)],
  resolveType: (result) => ('error' in result ? result.error.type : 'Embedding'),
})

/** What a call came to, as the members of the union have it. */
export function embedResult(result: EmbedCallResult): Embedding | Failure {
  return result.type === 'embedded' ? result.embedding : failureOf(result.callId, result.error)
}
