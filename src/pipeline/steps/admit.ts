import type { UsageBound } from '../../core/quota.ts'
import { attemptBound } from '../attempt-bound.ts'
import { quotaExceeded } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { AdmittedCall, ValidCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { LEASE_MS } from '../lease.ts'
import { openedCall } from '../opened-call.ts'
import { refused } from '../refused.ts'
import { prelude, type Step } from '../step.ts'

type AdmitParts = Pick<EngineParts, 'ledger' | 'catalog' | 'clock' | 'settings'>

/** Gives the call its row and reserves the most that it may use of the quotas that apply. */
export function admit(parts: AdmitParts): Step<ValidCall, AdmittedCall, CallEvent> {
  return prelude(async (call, next) => {
    const opened = openedCall(call, call.caller, parts.clock.now() + LEASE_MS)
    const admission = await parts.ledger.open(opened, usageBound(parts, call))
    if (admission.type === 'refused') return refused(quotaExceeded(admission.quota, parts.clock.now()))
    const { reservations } = admission
    return { first: [{ type: 'admitted', call: opened, reservations }], inner: next({ ...call, reservations }) }
  })
}

/** Each candidate may be asked once before one answers; a bound on the call's cost bounds them all. */
function usageBound(parts: AdmitParts, call: ValidCall): UsageBound {
  const bounds = call.target.models.map((ref) => attemptBound(parts, call, ref))
  const tokens = bounds.reduce((sum, bound) => sum + bound.tokens, 0n)
  const usd = bounds.reduce<bigint | null>(
    (sum, bound) => (sum === null || bound.usd === null ? null : sum + bound.usd),
    0n,
  )
  const most = call.request.routing.maxCost ?? call.target.route.maxCost
  return { USD: most !== null && (usd === null || usd > most) ? most : usd, TOKENS: tokens }
}
