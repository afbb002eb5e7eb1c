import type { CallError, CallErrorType } from '../core/call-error.ts'
import { builder } from './builder.ts'

/** An error in its place: with the call that it ended. */
export type Failure<Type extends CallErrorType = CallErrorType> = Type extends CallErrorType
  ? { readonly callId: string; readonly error: Extract<CallError, { type: Type }> }
  : never

/** TypeScript does not see that an error of any type makes a failure of that same type. */
export function failureOf(callId: string, error: CallError): Failure {
  return { callId, error } as Failure
}

export const CallErrorRef = builder.interfaceRef<Failure>('CallError').implement({
  description: 'What can go wrong with a call.',
  fields: (t) => ({
    message: t.string({
      description: 'What went wrong and, where the caller can act, what to do.',
      resolve: ({ error }) => error.message,
    }),
    callId: t.exposeID('callId', {
      description:
        'Given to every request at the door. In the ledger unless the request was invalid or not authorized.',
    }),
    retryable: t.boolean({
      description: 'True where the same request may succeed later.',
      resolve: ({ error }) => error.retryable,
    }),
    retryAfterMs: t.int({
      nullable: true,
      description: 'How long to wait before that, in milliseconds; null where nobody says.',
      resolve: ({ error }) => error.retryAfterMs,
    }),
  }),
  resolveType: ({ error }) => error.type,
})
