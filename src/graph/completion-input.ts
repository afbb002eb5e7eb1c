import type { CacheMode } from '../core/request.ts'
import { builder } from './builder.ts'
import { describedEnum } from './described-enum.ts'
import { MessageInput } from './message-input.ts'
import { OutputInput } from './output-input.ts'
import { ReasoningInput } from './reasoning-input.ts'
import { RoutingInput } from './routing-input.ts'
import { TagInput } from './tag.ts'
import { ToolChoiceInput, ToolInput } from './tool-input.ts'

const CacheModeRef = describedEnum<CacheMode>('CacheMode', "Whether the gateway's cache may answer.", {
  DEFAULT: 'As the route says.',
  BYPASS: 'Neither read nor written.',
  REFRESH: 'Not read, but written with the new answer.',
})

export const CompletionInput = builder.inputType('CompletionInput', {
  description: 'What is asked of a model, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: "A route's name, or one model as provider/model." }),
    prompt: t.string({ description: 'Short for a single user message; give this or `messages`.' }),
    system: t.string({ description: 'System instructions.' }),
    messages: t.field({ type: [MessageInput], description: 'The conversation so far; give this or `prompt`.' }),
    tools: t.field({ type: [ToolInput], description: 'What the model may call.' }),
    toolChoice: t.field({ type: ToolChoiceInput, description: 'Whether it may, must or must not call a tool.' }),
    output: t.field({ type: OutputInput, description: 'What form the answer must have; text where absent.' }),
    maxOutputTokens: t.int({ description: 'The most tokens that the answer may have, reasoning included.' }),
    temperature: t.float({ description: 'How freely the model chooses, from 0; high is more random.' }),
    topP: t.float({ description: 'Of which share of the likeliest tokens it chooses, above 0 and up to 1.' }),
    stop: t.stringList({ description: 'Texts before which the answer ends.' }),
    seed: t.int({ description: 'Makes answers repeatable, as far as the provider can.' }),
    reasoning: t.field({ type: ReasoningInput, description: 'How much the model thinks before it answers.' }),
    routing: t.field({ type: RoutingInput, description: 'Overrides of the route for this one call.' }),
    cache: t.field({
      type: CacheModeRef,
      defaultValue: 'DEFAULT',
      description: "Whether the gateway's cache may answer.",
    }),
    tags: t.field({ type: [TagInput], description: 'Labels to group cost by.' }),
    endUser: t.string({
      description: 'Whom the caller serves: an opaque id, for cost and limits per end user.',
    }),
    idempotencyKey: t.string({
      description:
        'Repeating a call with the same key, within 24 hours and the same project, joins or returns the first call and spends nothing. Other input under the same key is an InvalidRequestError. A call that failed may be tried again.',
    }),
    providerOptions: t.field({
      type: 'JSON',
      description:
        "What only one provider understands, by the provider's configured name, else by its driver's; passed through untouched.",
    }),
  }),
})
