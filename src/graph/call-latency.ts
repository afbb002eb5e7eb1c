import type { CallLatency } from '../core/completion.ts'
import { builder } from './builder.ts'

export const CallLatencyRef = builder.objectRef<CallLatency>('CallLatency').implement({
  description: 'How long a call took, in milliseconds.',
  fields: (t) => ({
    totalMs: t.exposeFloat('totalMs', { description: 'From the request at the door to its end.' }),
    firstTokenMs: t.exposeFloat('firstTokenMs', {
      nullable: true,
      description: 'To the first text, reasoning or tool delta; null where there was none.',
    }),
    overheadMs: t.exposeFloat('overheadMs', {
      description: "The gateway's own share: the total less the time spent waiting for providers.",
    }),
  }),
})
