import { invalidRequest } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { IncomingCall, ValidCall } from '../call-kinds.ts'
import { mayCall, noRight } from '../permission.ts'
import { type PlannableParts, plannable } from '../plannable.ts'
import { refused } from '../refused.ts'
import { prelude, type Step } from '../step.ts'

/** Lets a call through that its caller may make, whose input is right, and that asks for something that exists. */
export function validate(parts: PlannableParts): Step<IncomingCall, ValidCall, CallEvent> {
  return prelude(({ caller, checked, ...call }, next) => {
    if (!mayCall(caller)) return refused(noRight(caller))
    if (!checked.ok) return refused(invalidRequest(checked.issues))
    const result = plannable(parts, checked.request, caller)
    if (result.type === 'refused') return refused(result.error)
    return { first: [], inner: next({ ...call, ...result.plannable, caller }) }
  })
}
