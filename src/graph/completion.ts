import type { Completion, LengthLimit } from '../core/completion.ts'
import type { FinishReason } from '../core/driver.ts'
import { AttemptRef } from './attempt.ts'
import { builder } from './builder.ts'
import { CacheStatusRef } from './cache-status.ts'
import { CallRef } from './call.ts'
import { CallCostRef } from './call-cost.ts'
import { CallLatencyRef } from './call-latency.ts'
import { describedEnum } from './described-enum.ts'
import { loadCalls } from './load-calls.ts'
import { TokenUsageRef } from './token-usage.ts'
import { ToolCallRef } from './tool-call.ts'

const FinishReasonRef = describedEnum<FinishReason>('FinishReason', 'Why an answer ended.', {
  STOP: 'It is complete.',
  LENGTH: 'It reached the most tokens that it may have.',
  TOOL_CALLS: 'The model waits for the results of tools.',
  CONTENT_FILTER: "The provider's filter cut it off.",
  REFUSAL: 'The model declined to answer.',
})

const LengthLimitRef = describedEnum<LengthLimit>('LengthLimit', 'What ended an answer that grew too long.', {
  MAX_OUTPUT_TOKENS: "The caller's own `maxOutputTokens`.",
  MAX_COST: 'More is not paid for by `maxCostUsd`, of the caller or of the route: this is what there is for it.',
  QUOTA: 'More is not paid for by what is left of a quota.',
  MODEL: 'The model answers no longer than that, or its context window is full.',
})

export const CompletionRef = builder.objectRef<Completion>('Completion').implement({
  description: 'The answer of a call.',
  fields: (t) => ({
    callId: t.exposeID('callId', { description: 'The call that it answers.' }),
    call: t.loadable({
      type: CallRef,
      description: 'The call, as the ledger has it.',
      load: loadCalls,
      resolve: (completion) => completion.callId,
    }),
    text: t.exposeString('text', { description: 'All text parts, joined.' }),
    reasoning: t.exposeString('reasoning', {
      nullable: true,
      description: 'What the model thought aloud, where the provider shows it.',
    }),
    json: t.expose('json', {
      type: 'JSON',
      nullable: true,
      description: 'The answer parsed, where `output` asked for JSON.',
    }),
    toolCalls: t.expose('toolCalls', { type: [ToolCallRef], description: 'The tools that the model wants called.' }),
    finishReason: t.expose('finishReason', { type: FinishReasonRef, description: 'Why the answer ended.' }),
    lengthLimit: t.expose('lengthLimit', {
      type: LengthLimitRef,
      nullable: true,
      description: 'Which limit it reached, where `finishReason` is LENGTH; else null.',
    }),
    provider: t.exposeString('provider', {
      description: 'The provider that answered, not the one that was asked.',
    }),
    model: t.exposeString('model', { description: 'The model that answered, not the one that was asked.' }),
    usage: t.expose('usage', { type: TokenUsageRef, description: 'Tokens of the attempt that answered.' }),
    cost: t.expose('cost', { type: CallCostRef, description: 'What the call cost, all attempts included.' }),
    latency: t.expose('latency', { type: CallLatencyRef, description: 'How long the call took.' }),
    attempts: t.expose('attempts', { type: [AttemptRef], description: 'All attempts, by number.' }),
    cacheStatus: t.expose('cacheStatus', {
      type: CacheStatusRef,
      description: "Whether the gateway's cache answered.",
    }),
    providerState: t.expose('providerState', {
      type: 'JSON',
      nullable: true,
      description: 'Opaque: hand it back with the assistant message in the next turn.',
    }),
  }),
})
