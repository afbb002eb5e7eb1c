import type { Attempt } from './attempt.ts'
import type { InputIssue } from './input-issue.ts'
import type { Quota } from './quota.ts'

interface Said {
  /** What went wrong and, where the caller can act, what to do. */
  readonly message: string
  readonly retryable: boolean
  readonly retryAfterMs: number | null
}

/** What can go wrong with a call; the tags are the names of the GraphQL types. */
export type CallError = Said &
  (
    | {
        readonly type: 'InvalidRequestError'
        readonly issues: readonly InputIssue[]
        readonly attempts: readonly Attempt[]
      }
    | { readonly type: 'NotAuthorizedError' }
    | { readonly type: 'QuotaExceededError'; readonly quota: Quota }
    | { readonly type: 'GuardrailError'; readonly guardrail: string }
    | { readonly type: 'NoCandidateError' }
    | { readonly type: 'ContentRejectedError'; readonly provider: string; readonly attempts: readonly Attempt[] }
    | { readonly type: 'ContextLengthError'; readonly attempts: readonly Attempt[] }
    | { readonly type: 'AllAttemptsFailedError'; readonly attempts: readonly Attempt[] }
    | { readonly type: 'CancelledError' }
    | { readonly type: 'TimeoutError'; readonly attempts: readonly Attempt[] }
  )

export type CallErrorType = CallError['type']
