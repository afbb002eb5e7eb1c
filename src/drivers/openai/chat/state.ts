import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'

/** What a service wants back with an assistant's message: fields of the message, and of its tool calls by their ids. */
export interface ChatState {
  readonly message: JsonObject
  readonly toolCalls: Readonly<Record<string, JsonObject>>
}

/** Stands in a state for reasoning that is part of the content. */
export const THINKING = 'thinking_part'

/** A state that is no such thing counts as empty: it's the caller's word. Roles, content and calls are not taken from it. */
export function readChatState(state: JsonValue): ChatState {
  if (!isJsonObject(state)) return { message: {}, toolCalls: {} }
  const message = isJsonObject(state.message) ? state.message : {}
  const calls = isJsonObject(state.toolCalls) ? Object.entries(state.toolCalls) : []
  return {
    message: without(message, ['role', 'tool_calls']),
    toolCalls: Object.fromEntries(
      calls.flatMap(([id, extra]) => (isJsonObject(extra) ? [[id, without(extra, ['id', 'type', 'function'])]] : [])),
    ),
  }
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
