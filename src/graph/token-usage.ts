import type { TokenUsage } from '../core/usage.ts'
import { builder } from './builder.ts'

export const TokenUsageRef = builder.objectRef<TokenUsage>('TokenUsage').implement({
  description: 'Tokens used. Of the attempt that answered; each attempt has its own.',
  fields: (t) => ({
    inputTokens: t.expose('inputTokens', { type: 'SafeInt', description: 'All input, cached or not.' }),
    cachedInputTokens: t.expose('cachedInputTokens', {
      type: 'SafeInt',
      description: "The part of the input read from the provider's cache.",
    }),
    cacheWriteTokens: t.expose('cacheWriteTokens', {
      type: 'SafeInt',
      description: "The part of the input written to the provider's cache.",
    }),
    cacheWriteHourTokens: t.expose('cacheWriteHourTokens', {
      type: 'SafeInt',
      description: 'The part of `cacheWriteTokens` kept for an hour, which costs more than the default.',
    }),
    outputTokens: t.expose('outputTokens', { type: 'SafeInt', description: 'All output, reasoning included.' }),
    reasoningTokens: t.expose('reasoningTokens', {
      type: 'SafeInt',
      description: 'The part of the output spent on reasoning.',
    }),
    estimated: t.exposeBoolean('estimated', {
      description: 'True where the provider reported nothing and the tokens were counted here.',
    }),
  }),
})
