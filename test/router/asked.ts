import type { Conversation } from '../../src/core/conversation.ts'

/** A conversation that asks one thing. */
export function asked(text: string, given: Partial<Conversation> = {}): Conversation {
  return {
    messages: [{ role: 'user', parts: [{ type: 'text', text }] }],
    tools: [],
    toolChoice: null,
    output: { type: 'text' },
    sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
    reasoning: null,
    ...given,
  }
}
