import type { Attempt } from '../core/attempt.ts'
import type { CallError } from '../core/call-error.ts'
import type { InputIssue } from '../core/input-issue.ts'
import type { ProviderError, ProviderErrorKind } from '../core/provider-error.ts'
import type { Quota } from '../core/quota.ts'
import { modelId } from '../core/routing.ts'
import type { CallAbort } from './call-abort.ts'
import { refusalOf } from './quota-refusal.ts'

/** What a caller without a valid key is told. */
export const NO_KEY = 'Send a valid API key: Authorization: Bearer sy_…'

const FINAL = { retryable: false, retryAfterMs: null } as const

/** Whether the same request may succeed later without anybody changing a key, a bill or the request. */
const PASSES = {
  RATE_LIMITED: true,
  OVERLOADED: true,
  SERVER_ERROR: true,
  NETWORK: true,
  FIRST_TOKEN_TIMEOUT: true,
  IDLE_TIMEOUT: true,
  TRUNCATED: true,
  MALFORMED: true,
  AUTHENTICATION: false,
  BILLING: false,
  NOT_FOUND: false,
  INVALID_REQUEST: false,
  CONTEXT_LENGTH: false,
  CONTENT_REJECTED: false,
} as const satisfies Record<ProviderErrorKind, boolean>

export function invalidRequest(issues: readonly InputIssue[]): CallError {
  const [first] = issues
  const message =
    issues.length === 1 && first
      ? `${first.path.join('.')}: ${first.message}`
      : `The request has ${issues.length} problems; see issues.`
  return { type: 'InvalidRequestError', message, ...FINAL, issues, attempts: [] }
}

export function notAuthorized(message: string): CallError {
  return { type: 'NotAuthorizedError', message, ...FINAL }
}

export function noCandidate(message: string): CallError {
  return { type: 'NoCandidateError', message, ...FINAL }
}

/**
 * A call that needs more than all of a quota is turned away however long its caller waits.
 * @param needed the least that the call had to have of it
 * @param now milliseconds since 1970
 */
export function quotaExceeded(quota: Quota, needed: bigint, now: number): CallError {
  const fits = needed <= quota.limit
  const concurrent = quota.unit === 'CONCURRENT_CALLS'
  const retryAfterMs = !fits || concurrent || quota.resetsAt === null ? null : Math.max(quota.resetsAt - now, 0)
  return {
    type: 'QuotaExceededError',
    message: refusalOf(quota, needed),
    retryable: fits && (concurrent || retryAfterMs !== null),
    retryAfterMs,
    quota,
  }
}

export function aborted(abort: CallAbort, attempts: readonly Attempt[]): CallError {
  const said = { message: `${abort.message}.`, retryable: true, retryAfterMs: null }
  return abort.by === 'caller' ? { type: 'CancelledError', ...said } : { type: 'TimeoutError', ...said, attempts }
}

/**
 * What a call ends with after its last attempt failed.
 * @param error of the last attempt; null where no candidate could be asked
 * @param freeInMs how long until some candidate could be asked again
 */
export function attemptsFailed(error: ProviderError | null, attempts: readonly Attempt[], freeInMs: number): CallError {
  switch (error?.kind) {
    case 'INVALID_REQUEST':
      return { type: 'InvalidRequestError', message: error.message, ...FINAL, issues: error.issues, attempts }
    case 'CONTEXT_LENGTH':
      return { type: 'ContextLengthError', message: error.message, ...FINAL, attempts }
    case 'CONTENT_REJECTED': {
      const provider = attempts.findLast(({ failure }) => failure?.kind === error.kind)?.provider ?? ''
      return { type: 'ContentRejectedError', message: error.message, ...FINAL, provider, attempts }
    }
    default:
      return allAttemptsFailed(attempts, freeInMs)
  }
}

function allAttemptsFailed(attempts: readonly Attempt[], freeInMs: number): CallError {
  const retryable = attempts.some(mayPass)
  return {
    type: 'AllAttemptsFailedError',
    message: `No candidate answered. ${attempts.map(said).join(' ')}`,
    retryable,
    retryAfterMs: retryable && freeInMs > 0 && Number.isFinite(freeInMs) ? Math.ceil(freeInMs) : null,
    attempts,
  }
}

function said(attempt: Attempt): string {
  return `${attempt.number}. ${modelId(attempt)}: ${attempt.failure?.message ?? attempt.outcome}`
}

function mayPass({ outcome, failure }: Attempt): boolean {
  return outcome === 'SHORT_CIRCUITED' || (failure?.kind != null && PASSES[failure.kind])
}
