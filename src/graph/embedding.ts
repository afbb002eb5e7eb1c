import type { Embedding } from '../core/embedding.ts'
import { AttemptRef } from './attempt.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import { CallCostRef } from './call-cost.ts'
import { CallLatencyRef } from './call-latency.ts'
import { loadCalls } from './load-calls.ts'
import { TokenUsageRef } from './token-usage.ts'

export const EmbeddingRef = builder.objectRef<Embedding>('Embedding').implement({
  description: 'The answer of a call that asked for vectors.',
  fields: (t) => ({
    callId: t.exposeID('callId', { description: 'The call that it answers.' }),
    call: t.loadable({
      type: CallRef,
      description: 'The call, as the ledger has it.',
      load: loadCalls,
      resolve: (embedding) => embedding.callId,
    }),
    vectors: t.field({
      type: ['Vector'],
      description:
        'One for each text, in the order of the texts. All are of the one model below and of the same length. Store both beside them: vectors of another model, or of another length, mean something else.',
      resolve: ({ vectors }) => vectors,
    }),
    provider: t.exposeString('provider', { description: 'The provider that answered, not the one that was asked.' }),
    model: t.exposeString('model', { description: 'The model that answered, not the one that was asked.' }),
    usage: t.expose('usage', {
      type: TokenUsageRef,
      description: 'Tokens of the attempt that answered, all its requests together. Vectors have no output tokens.',
    }),
    cost: t.expose('cost', { type: CallCostRef, description: 'What the call cost, all attempts included.' }),
    latency: t.expose('latency', {
      type: CallLatencyRef,
      description: 'How long the call took; the first token is the first vector.',
    }),
    attempts: t.expose('attempts', { type: [AttemptRef], description: 'All attempts, by number.' }),
  }),
})
