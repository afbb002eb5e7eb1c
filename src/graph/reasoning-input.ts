import type { ReasoningEffort } from '../core/conversation.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'

const ReasoningEffortRef = describedEnum<ReasoningEffort>('ReasoningEffort', 'How much a model thinks.', {
  NONE: 'Not at all, where the model lets it be turned off.',
  LOW: 'A little.',
  MEDIUM: 'Some.',
  HIGH: 'A lot.',
})

export const ReasoningInput = builder.inputType('ReasoningInput', {
  description: 'How much the model thinks before it answers.',
  fields: (t) => ({
    effort: t.field({ type: ReasoningEffortRef, description: 'How much, in words.' }),
    maxTokens: t.int({ description: 'The most tokens that it may think.' }),
  }),
})
