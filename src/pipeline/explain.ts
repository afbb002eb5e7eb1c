import type { Caller } from '../core/caller.ts'
import type { CompletionInput } from '../core/completion-input.ts'
import { boundTo } from './bound-input.ts'
import type { Explanation } from './gateway.ts'
import { type PlanParts, planCall } from './plan-call.ts'
import { type PlannableParts, plannable } from './plannable.ts'
import { checkInput } from './validate/check-input.ts'

/** Where a request would go, by the same checks and the same plan as a call's, without sending it. */
export function explain(parts: PlanParts & PlannableParts, caller: Caller, input: CompletionInput): Explanation {
  const checked = boundTo(caller, checkInput(input))
  if (!checked.ok) return { type: 'invalid', issues: checked.issues }
  const result = plannable(parts, checked.request, caller)
  if (result.type === 'plannable') return { type: 'plan', plan: planCall(parts, { ...result.plannable, caller }) }
  const { error } = result
  if (error.type === 'NotAuthorizedError') return { type: 'notAuthorized', message: error.message }
  const issues = error.type === 'InvalidRequestError' ? error.issues : [{ path: ['model'], message: error.message }]
  return { type: 'invalid', issues }
}
