import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { listOf, objectOf, textOf } from '../../json-reading.ts'

/** Collects what a service wants back in the next turn, put together from its deltas. */
export interface Echo {
  message(delta: JsonObject): void
  toolCall(index: number, entry: JsonObject): void
  /** As `readChatState` reads it; null where there is nothing. */
  state(ids: readonly string[]): JsonValue
}

/** Fields of a tool call that carry signatures (Google's thought signatures). */
const TOOL_CALL_FIELDS = ['extra_content']

/** @param fields the fields of a message that are wanted back */
export function echo(fields: readonly string[]): Echo {
  const message: Record<string, JsonValue> = {}
  const toolCalls = new Map<number, JsonObject>()
  return {
    message(delta) {
      for (const field of fields) {
        const value = delta[field]
        if (value !== undefined && value !== null) message[field] = joinedWith(message[field], value)
      }
    },
    toolCall(index, entry) {
      for (const field of TOOL_CALL_FIELDS) {
        const value = entry[field]
        if (value !== undefined && value !== null) toolCalls.set(index, { ...toolCalls.get(index), [field]: value })
      }
    },
    state(ids) {
      const calls = [...toolCalls].flatMap(([index, extra]) =>
        ids[index] === undefined ? [] : [[ids[index], extra] as const],
      )
      if (Object.keys(message).length === 0 && calls.length === 0) return null
      return { message, toolCalls: Object.fromEntries(calls) }
    },
  }
}

function joinedWith(before: JsonValue | undefined, more: JsonValue): JsonValue {
  if (typeof before === 'string' && typeof more === 'string') return before + more
  if (Array.isArray(before) && Array.isArray(more)) return more.reduce(joinPart, before)
  return more
}

/** A list's deltas name the part that they go on with by `index`; a part of another type or index is a new one. */
function joinPart(parts: readonly JsonValue[], part: JsonValue): readonly JsonValue[] {
  const { index, type } = objectOf(part)
  const last = parts.at(-1)
  if (
    !isJsonObject(part) ||
    !isJsonObject(last) ||
    typeof index !== 'number' ||
    last.index !== index ||
    last.type !== type
  ) {
    return [...parts, part]
  }
  return [...parts.slice(0, -1), joinFields(last, part)]
}

function joinFields(before: JsonObject, more: JsonObject): JsonObject {
  const joined: Record<string, JsonValue> = { ...before }
  for (const [name, value] of Object.entries(more)) {
    const text = textOf(value)
    const isContent = name === 'text' || name === 'summary' || name === 'data'
    if (isContent && text !== null && typeof before[name] === 'string') joined[name] = before[name] + text
    else if (value !== null) joined[name] = value
  }
  return joined
}

/** The entries of a delta that are tool calls: the list, or the one of the older form. */
export function toolCallEntries(delta: JsonObject): readonly JsonObject[] {
  const legacy = objectOf(delta.function_call)
  if (textOf(legacy.name) !== null || textOf(legacy.arguments) !== null) return [{ index: 0, function: legacy }]
  return delta.tool_calls ? listOf(delta.tool_calls).filter(isJsonObject) : []
}
