import type { MidStreamPolicy } from '../core/settings.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const MidStreamPolicyRef = describedEnum<MidStreamPolicy>(
  'MidStreamPolicy',
  'What happens when a stream breaks after output was sent.',
  {
    RESTART: 'Void what was sent and start over on the next candidate.',
    CONTINUE:
      'Go on from the text sent so far, where the next candidate can; else as RESTART. Never after a tool call began, after reasoning alone, or where JSON was asked for.',
    FAIL: 'End the call with an error.',
  },
)

export const RoutingInput = builder.inputType('RoutingInput', {
  description: 'Overrides of a route for one call; what is absent stays as the route says.',
  fields: (t) => ({
    fallbacks: t.stringList({ description: "Models to try after the route's own, in order." }),
    maxCostUsd: t.field({
      type: 'Decimal',
      description: 'No more than this for the whole call, its retries, fallbacks and hedges included, in US dollars.',
    }),
    firstTokenTimeoutMs: t.int({ description: "From an attempt's start to its first token, in milliseconds." }),
    idleTimeoutMs: t.int({ description: 'The longest silence in a stream that has begun, in milliseconds.' }),
    totalTimeoutMs: t.int({ description: 'The whole call, its retries and fallbacks included, in milliseconds.' }),
    midStream: t.field({
      type: MidStreamPolicyRef,
      description: 'What happens when a stream breaks after output was sent.',
    }),
  }),
})
