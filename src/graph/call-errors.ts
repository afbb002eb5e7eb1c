import type { CallErrorType } from '../core/call-error.ts'
import { AttemptRef } from './attempt.ts'
import { builder } from './builder.ts'
import { CallErrorRef, type Failure } from './call-error.ts'
import { InputIssueRef } from './input-issue.ts'
import { QuotaRef } from './quota.ts'

const interfaces = [CallErrorRef]
const ATTEMPTS = 'All attempts, by number.'

const InvalidRequestErrorRef = failureRef('InvalidRequestError').implement({
  description: 'The request is wrong, as seen here before anything was spent, or as the provider said that was asked.',
  interfaces,
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueRef],
      description: 'All that is wrong, each with its path; may be empty where only a provider knows.',
      resolve: ({ error }) => error.issues,
    }),
    attempts: t.field({ type: [AttemptRef], description: ATTEMPTS, resolve: ({ error }) => error.attempts }),
  }),
})

const NotAuthorizedErrorRef = failureRef('NotAuthorizedError').implement({
  description: 'The request has no valid API key, or one that may not do this.',
  interfaces,
})

const QuotaExceededErrorRef = failureRef('QuotaExceededError').implement({
  description: 'The call would overrun a quota.',
  interfaces,
  fields: (t) => ({
    quota: t.field({
      type: QuotaRef,
      description: 'The quota, with what of it is used and reserved.',
      resolve: ({ error }) => error.quota,
    }),
  }),
})

const GuardrailErrorRef = failureRef('GuardrailError').implement({
  description: 'A guardrail stopped the call.',
  interfaces,
  fields: (t) => ({
    guardrail: t.string({ description: 'The guardrail, by name.', resolve: ({ error }) => error.guardrail }),
  }),
})

const NoCandidateErrorRef = failureRef('NoCandidateError').implement({
  description: 'No route or model is known by that name, or none of its candidates can do what was asked.',
  interfaces,
})

const ContentRejectedErrorRef = failureRef('ContentRejectedError').implement({
  description:
    'A provider refused the content before any output. Other providers are not tried unless the route says so. A refusal after output is a Completion with finishReason CONTENT_FILTER or REFUSAL.',
  interfaces,
  fields: (t) => ({
    provider: t.string({ description: 'The provider that refused.', resolve: ({ error }) => error.provider }),
    attempts: t.field({ type: [AttemptRef], description: ATTEMPTS, resolve: ({ error }) => error.attempts }),
  }),
})

const ContextLengthErrorRef = failureRef('ContextLengthError').implement({
  description: 'The request is larger than the context window of every candidate.',
  interfaces,
  fields: (t) => ({
    attempts: t.field({ type: [AttemptRef], description: ATTEMPTS, resolve: ({ error }) => error.attempts }),
  }),
})

const AllAttemptsFailedErrorRef = failureRef('AllAttemptsFailedError').implement({
  description: 'No candidate is left. Also what ends a stream that broke under `midStream: FAIL`.',
  interfaces,
  fields: (t) => ({
    attempts: t.field({ type: [AttemptRef], description: ATTEMPTS, resolve: ({ error }) => error.attempts }),
  }),
})

const CancelledErrorRef = failureRef('CancelledError').implement({
  description: 'The call was stopped by its caller.',
  interfaces,
})

const TimeoutErrorRef = failureRef('TimeoutError').implement({
  description: "The call's own total deadline ended it.",
  interfaces,
  fields: (t) => ({
    attempts: t.field({ type: [AttemptRef], description: ATTEMPTS, resolve: ({ error }) => error.attempts }),
  }),
})

/** Every way in which a call fails, by its name: one that the pipeline knows and the graph doesn't won't compile. */
export const CALL_ERROR_REFS = {
  InvalidRequestError: InvalidRequestErrorRef,
  NotAuthorizedError: NotAuthorizedErrorRef,
  QuotaExceededError: QuotaExceededErrorRef,
  GuardrailError: GuardrailErrorRef,
  NoCandidateError: NoCandidateErrorRef,
  ContentRejectedError: ContentRejectedErrorRef,
  ContextLengthError: ContextLengthErrorRef,
  AllAttemptsFailedError: AllAttemptsFailedErrorRef,
  CancelledError: CancelledErrorRef,
  TimeoutError: TimeoutErrorRef,
} satisfies Record<CallErrorType, unknown>

function failureRef<Type extends CallErrorType>(type: Type) {
  return builder.objectRef<Failure<Type>>(type)
}
