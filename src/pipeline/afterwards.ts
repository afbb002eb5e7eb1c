import { answerHistories } from '../resilience/answer-histories.ts'
import type { EngineParts } from './engine-parts.ts'
import { type ShadowParts, type StartCall, shadows } from './shadow/shadows.ts'

/** What becomes of calls after their end: routes learn from them, and copies of some are sent to shadows. */
export type Afterwards = Pick<EngineParts, 'histories' | 'settled'>

export interface AfterwardsParts extends ShadowParts {
  /** Told whose totals have changed. Must take no time and never throw. */
  usageChanged(projectId: string): void
}

export function afterwards(parts: AfterwardsParts, start: StartCall): Afterwards {
  const histories = answerHistories()
  const copies = shadows(parts, start)
  return {
    histories,
    settled(call, settled) {
      parts.usageChanged(settled.projectId)
      const { status, plan, provider, model, usage } = settled
      if (status === 'SUCCEEDED' && plan !== null && provider !== null && model !== null) {
        histories.note(plan.route, { provider, model }, usage)
      }
      copies.settled(call, settled)
    },
  }
}
