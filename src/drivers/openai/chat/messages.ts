import type { Conversation, Message } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'
import { toolResultText } from '../tool-result.ts'
import type { ChatDialect } from './dialect.ts'
import { schemaInstruction } from './output.ts'
import { userParts } from './parts.ts'
import { withPrefill } from './prefill.ts'
import { readChatState, THINKING } from './state.ts'

/** A conversation as Chat Completions takes it, one message for each. */
export function chatMessages(conversation: Conversation, dialect: ChatDialect): readonly JsonObject[] {
  const instruction = schemaInstruction(conversation.output, dialect)
  const messages = withPrefill(
    conversation.messages.map((message) => chatMessage(message, dialect)),
    dialect,
  )
  return instruction === null ? messages : [{ role: 'system', content: instruction }, ...messages]
}

function chatMessage(message: Message, dialect: ChatDialect): JsonObject {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.text }
    case 'user':
      return { role: 'user', content: userParts(message.parts, dialect) }
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: toolResultText(message) }
    case 'assistant':
      return assistantMessage(message)
  }
}

function assistantMessage({ text, toolCalls, providerState }: Extract<Message, { role: 'assistant' }>): JsonObject {
  const state = readChatState(providerState?.state ?? null)
  const calls = toolCalls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
    ...state.toolCalls[call.id],
  }))
  const { [THINKING]: thinking, ...fields } = state.message
  return {
    role: 'assistant',
    content: typeof thinking === 'string' ? thoughtful(thinking, text) : (text ?? (calls.length === 0 ? '' : null)),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...fields,
  }
}

function thoughtful(thinking: string, text: string | null): readonly JsonObject[] {
  const thought = { type: 'thinking', thinking: [{ type: 'text', text: thinking }] }
  return text === null || text === '' ? [thought] : [thought, { type: 'text', text }]
}
