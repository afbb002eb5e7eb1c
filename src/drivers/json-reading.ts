import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** What a provider sends is trusted in no field: each is read as what it should be, or as absent. */

/** The text of a field; null where it is none or empty. */
export function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** A count of a field, rounded down, at least 0; null where it is no number. */
export function countOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.max(0, Math.floor(value)) : null
}

/** The object of a field; an empty one where it is none. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

/** The list of a field; an empty one where it is none. */
export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}
