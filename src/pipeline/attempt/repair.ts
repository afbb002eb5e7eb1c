import type { Conversation } from '../../core/conversation.ts'

/** An answer that was not in the form asked for, and what was wrong with it. */
export interface Repair {
  readonly answer: string
  readonly problem: string
}

/** The conversation with the answer and what is wrong with it, so that the same model can mend it. */
export function repairing(conversation: Conversation, { answer, problem }: Repair): Conversation {
  const advice = `${problem}\nAnswer once more, with the corrected JSON and nothing else.`
  return {
    ...conversation,
    messages: [
      ...conversation.messages,
      { role: 'assistant', text: answer === '' ? null : answer, toolCalls: [], providerState: null },
      { role: 'user', parts: [{ type: 'text', text: advice }] },
    ],
  }
}
