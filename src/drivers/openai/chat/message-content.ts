import type { ContentEvent } from '../../../core/driver.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { listOf, objectOf, textOf } from '../../json-reading.ts'

/** The content of a message or delta: text, or a list of parts with text and reasoning (Mistral). */
export function contentEvents(content: JsonValue | undefined): readonly ContentEvent[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return listOf(content).flatMap((part) => partEvents(objectOf(part)))
}

function partEvents(part: JsonObject): readonly ContentEvent[] {
  if (part.type === 'thinking') {
    const text = thinkingText(part)
    return text === '' ? [] : [{ type: 'reasoning', text }]
  }
  const text = textOf(part.text)
  return text === null ? [] : [{ type: 'text', text }]
}

/** The reasoning among the parts of a content, which goes back as a part (Mistral); empty where there is none. */
export function thinkingIn(content: JsonValue | undefined): string {
  const parts = typeof content === 'string' ? [] : listOf(content).map(objectOf)
  return parts.map((part) => (part.type === 'thinking' ? thinkingText(part) : '')).join('')
}

function thinkingText({ thinking }: JsonObject): string {
  return typeof thinking === 'string' ? thinking : joined(thinking)
}

/** The reasoning of a message or delta: of its text fields the first that is there, else of its details (OpenRouter). */
export function reasoningText(message: JsonObject, fields: readonly string[]): string {
  for (const field of fields) {
    const text = textOf(message[field])
    if (text !== null) return text
  }
  return message.reasoning_details === undefined ? '' : joined(message.reasoning_details)
}

function joined(list: JsonValue | undefined): string {
  return listOf(list)
    .map((item) => textOf(objectOf(item).text) ?? textOf(objectOf(item).summary) ?? '')
    .join('')
}
