import type { CallError } from '../core/call-error.ts'
import type { CallEvent } from './call-event.ts'
import type { Opening } from './step.ts'

/** The opening of a call that ends here. */
export function refused(error: CallError): Opening<CallEvent> {
  return { first: [{ type: 'failed', error }], inner: null }
}
