import { mostInputTokens } from '../../catalog/most-tokens.ts'
import { quotaExceeded } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { AdmittedCall, ValidCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { LEASE_MS } from '../lease.ts'
import { openedCall } from '../opened-call.ts'
import { shownTo } from '../quota-refusal.ts'
import { refused } from '../refused.ts'
import { prelude, type Step } from '../step.ts'
import { usageBound } from '../usage-bound.ts'

type AdmitParts = Pick<EngineParts, 'ledger' | 'catalog' | 'clock' | 'settings'>

/** Gives the call its row and reserves the most that it may use of the quotas that apply. */
export function admit(parts: AdmitParts): Step<ValidCall, AdmittedCall, CallEvent> {
  return prelude(async (call, next) => {
    const opened = openedCall(call, call.caller, parts.clock.now() + LEASE_MS)
    const inputMost = mostInputTokens(call.request.conversation)
    const bound = usageBound(parts, call, inputMost)
    const admission = await parts.ledger.open(opened, bound)
    if (admission.type === 'refused') {
      const { quota, needed } = admission
      return refused(quotaExceeded(shownTo(call.caller, quota), needed, parts.clock.now()))
    }
    const { reservations } = admission
    const admitted = { ...call, reservations, bound, inputMost }
    return { first: [{ type: 'admitted', call: opened, reservations }], inner: next(admitted) }
  })
}
