import type { Completion } from '../core/completion.ts'
import type { CallResult } from '../pipeline/gateway.ts'
import { builder } from './builder.ts'
import { type Failure, failureOf } from './call-error.ts'
import { CALL_ERROR_REFS } from './call-errors.ts'
import { CompletionRef } from './completion.ts'

export const CompleteResultRef = builder.unionType('CompleteResult', {
  description: 'An answer, or why there is none.',
  types: [CompletionRef, ...Object.values(CALL_ERROR_REFS)],
  resolveType: (result) => ('error' in result ? result.error.type : 'Completion'),
})

/** What a call came to, as the members of the union have it. */
export function completeResult(result: CallResult): Completion | Failure {
  return result.type === 'completed' ? result.completion : failureOf(result.callId, result.error)
}
