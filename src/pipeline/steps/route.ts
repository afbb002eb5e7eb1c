import type { RoutePlan } from '../../core/routing.ts'
import { quotaSignals } from '../allowance.ts'
import { noCandidate } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { AdmittedCall, RoutedCall } from '../call-kinds.ts'
import { effectiveRules, type PlanParts, planCall } from '../plan-call.ts'
import { refused } from '../refused.ts'
import { prelude, type Step } from '../step.ts'

/** Decides who may answer, in which order, and under which rules. */
export function route(parts: PlanParts): Step<AdmittedCall, RoutedCall, CallEvent> {
  return prelude((call, next) => {
    const planned = planCall(parts, call)
    const held = quotaSignals(call)
    const plan = held.length === 0 ? planned : { ...planned, signals: [...planned.signals, ...held] }
    if (!plan.candidates.some((candidate) => candidate.eligible)) return refused(noCandidate(nobodyCan(plan)))
    const rules = effectiveRules(call.target, call.request.routing)
    return { first: [], inner: next({ ...call, plan, rules }) }
  })
}

function nobodyCan({ route, candidates }: RoutePlan): string {
  const reasons = candidates.map(({ provider, model, reason }) => `${provider}/${model}: ${reason}.`)
  return `No candidate of "${route}" can do what was asked. ${reasons.join(' ')}`.trimEnd()
}
