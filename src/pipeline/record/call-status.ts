import type { SettledCall } from '../../core/call.ts'
import type { CallErrorType } from '../../core/call-error.ts'

/** Which status a call gets that ended with an error. */
export const STATUS_OF_ERROR = {
  InvalidRequestError: 'FAILED',
  NotAuthorizedError: 'REFUSED',
  QuotaExceededError: 'REFUSED',
  GuardrailError: 'REFUSED',
  NoCandidateError: 'REFUSED',
  ContentRejectedError: 'FAILED',
  ContextLengthError: 'FAILED',
  AllAttemptsFailedError: 'FAILED',
  CancelledError: 'CANCELLED',
  TimeoutError: 'FAILED',
} as const satisfies Record<CallErrorType, SettledCall['status']>
