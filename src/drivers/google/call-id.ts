import type { Message } from '../../core/conversation.ts'

const PREFIX = 'gemini_call_'

/** Makes ids for tool calls that came without one. They count on through the conversation, so that none is given twice. */
export function callIds(messages: readonly Message[]): (index: number) => string {
  const earlier = messages.reduce(
    (sum, message) => sum + (message.role === 'assistant' ? message.toolCalls.length : 0),
    0,
  )
  return (index) => `${PREFIX}${earlier + index}`
}

/** Whether an id was made here, not by the provider. */
export function isMadeId(id: string): boolean {
  return id.startsWith(PREFIX)
}
