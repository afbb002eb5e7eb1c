import type { JsonObject, JsonValue } from '../../core/json.ts'

/** A text of a payload of which only the beginning is kept. */
export interface Cut extends JsonObject {
  /** Where it stands in the content: `input.messages.0.user.1.file.data`. */
  readonly path: string
  readonly characters: number
  readonly kept: number
}

/** The longest content of a call that is kept, in characters of JSON. */
const LONGEST_CONTENT = 4_000_000
/** Tried one after another until the content is short enough. */
const LONGEST_TEXTS = [1_000_000, 100_000, 10_000, 1_000, 100, 0]
/** What is said of cuts; there may be more of them. */
const MOST_CUTS = 100

/**
 * The same content with its longest texts cut, as far as it takes to be no longer than is kept of a call. What was cut is
 * said in `cut`, after the cuts that were made before.
 */
export function withinBounds(content: JsonObject, before: readonly Cut[] = []): JsonObject {
  const whole = { ...content, cut: before }
  if (lengthOf(whole) <= LONGEST_CONTENT) return whole
  for (const longest of LONGEST_TEXTS) {
    const cuts: Cut[] = [...before]
    const shorter = cutTexts(content, longest, '', cuts)
    const bounded = { ...(shorter as JsonObject), cut: cuts.slice(0, MOST_CUTS) }
    if (lengthOf(bounded) <= LONGEST_CONTENT) return bounded
  }
  // So many small values that no text is to blame.
  return { store: content.store ?? null, cut: [{ path: '', characters: lengthOf(content), kept: 0 }] }
}

function cutTexts(value: JsonValue, longest: number, path: string, cuts: Cut[]): JsonValue {
  if (typeof value === 'string') {
    if (value.length <= longest) return value
    cuts.push({ path, characters: value.length, kept: longest })
    return value.slice(0, longest)
  }
  if (value === null || typeof value !== 'object') return value
  const below = (name: string | number, inner: JsonValue) =>
    cutTexts(inner, longest, path === '' ? String(name) : `${path}.${name}`, cuts)
  if (isList(value)) return value.map((inner, at) => below(at, inner))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, below(name, inner)]))
}

function isList(value: JsonObject | readonly JsonValue[]): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function lengthOf(content: JsonObject): number {
  return JSON.stringify(content).length
}
