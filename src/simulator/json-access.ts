import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** The object at a name; an empty one where there is none. */
export function objectAt(from: JsonObject, name: string): JsonObject {
  const value = from[name]
  return isJsonObject(value) ? value : {}
}

/** The objects in the list at a name; none where there is no list. */
export function objectsAt(from: JsonObject, name: string): readonly JsonObject[] {
  const value = from[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** The text at a name; empty where there is none. */
export function textAt(from: JsonObject, name: string): string {
  const value = from[name]
  return typeof value === 'string' ? value : ''
}

/** The number at a name; null where there is none. */
export function numberAt(from: JsonObject, name: string): number | null {
  const value = from[name]
  return typeof value === 'number' ? value : null
}

/** The texts in the list at a name, or the one text that stands there. */
export function textsAt(from: JsonObject, name: string): readonly string[] {
  const value = from[name]
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** What a content list says: the texts of its parts. Content may also be plain text. */
export function spokenIn(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .filter(isJsonObject)
    .map((part) => textAt(part, 'text'))
    .filter((text) => text !== '')
    .join('\n')
}

/** How many characters of text a JSON value holds; a long one without spaces (an image) counts as a thousand. */
export function charactersIn(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length > 2_000 && !value.includes(' ') ? 1_000 : value.length
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + charactersIn(item), 0)
  if (!isJsonObject(value)) return 0
  return Object.values(value).reduce<number>((sum, item) => sum + charactersIn(item), 0)
}
