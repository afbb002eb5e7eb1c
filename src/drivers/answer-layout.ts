import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts'

/**
 * One piece of an answer in its place. Text and tool calls are references into the answer itself, so the layout does not
 * repeat them; whatever else a provider wants back stands as the provider sent it.
 */
export type LayoutItem =
  /** So many characters of the answer's text, with what the provider attached to them. */
  | { readonly text: number; readonly extra?: JsonObject }
  /** The answer's tool call with this index, with what the provider attached to it. */
  | { readonly toolCall: number; readonly extra?: JsonObject }
  | { readonly raw: JsonObject }

/** Takes down in which order an answer's pieces came. */
export interface LayoutRecorder {
  text(length: number, extra?: JsonObject): void
  toolCall(index: number, extra?: JsonObject): void
  raw(value: JsonObject): void
  /** What to hand back as `providerState`; null where the answer alone says it all. */
  state(model: string): JsonValue
}

/** What a state says, checked against the message that it came back with. */
export interface Layout {
  /** The model that was asked then, by the provider's name. */
  readonly model: string | null
  /** In order; null where the caller has changed the message since, so that the order no longer fits it. */
  readonly items: readonly LayoutItem[] | null
  /** All that the provider sent besides text and tool calls, in order. */
  readonly raw: readonly JsonObject[]
  /** What the provider attached to each tool call, by index. */
  readonly toolCallExtras: ReadonlyMap<number, JsonObject>
}

export function recordLayout(): LayoutRecorder {
  const items: LayoutItem[] = []
  let carries = false
  const add = (item: LayoutItem, extra: JsonObject | undefined) => {
    items.push(extra === undefined ? item : { ...item, extra })
    carries ||= extra !== undefined
  }
  return {
    text(length, extra) {
      const last = items.at(-1)
      if (extra === undefined && last && 'text' in last && last.extra === undefined) {
        items[items.length - 1] = { text: last.text + length }
      } else if (length > 0 || extra !== undefined) add({ text: length }, extra)
    },
    toolCall: (toolCall, extra) => add({ toolCall }, extra),
    raw(raw) {
      items.push({ raw })
      carries = true
    },
    state: (model) => (carries ? { model, items: items as readonly JsonObject[] } : null),
  }
}

/**
 * Reads what `recordLayout` made. A state that is no such thing counts as empty: it is the caller's word.
 * @param text the text of the assistant's message that the state came back with
 * @param toolCalls how many tool calls that message has
 */
export function readLayout(state: JsonValue, text: string, toolCalls: number): Layout {
  const { model, items: list } = isJsonObject(state) ? state : { model: null, items: null }
  const items = Array.isArray(list) ? list.flatMap((item: JsonValue) => asItem(item) ?? []) : []
  return {
    model: typeof model === 'string' ? model : null,
    items: fits(items, text.length, toolCalls) ? items : null,
    raw: items.flatMap((item) => ('raw' in item ? [item.raw] : [])),
    toolCallExtras: new Map(
      items.flatMap((item) => ('toolCall' in item && item.extra ? [[item.toolCall, item.extra]] : [])),
    ),
  }
}

function asItem(value: JsonValue): LayoutItem | null {
  if (!isJsonObject(value)) return null
  const extra = isJsonObject(value.extra) ? { extra: value.extra } : {}
  if (typeof value.text === 'number') return { text: value.text, ...extra }
  if (typeof value.toolCall === 'number') return { toolCall: value.toolCall, ...extra }
  return isJsonObject(value.raw) ? { raw: value.raw } : null
}

/** Whether the items take up the whole text and each tool call once, in order. */
function fits(items: readonly LayoutItem[], textLength: number, toolCalls: number): boolean {
  const length = items.reduce((sum, item) => sum + ('text' in item ? item.text : 0), 0)
  const calls = items.flatMap((item) => ('toolCall' in item ? [item.toolCall] : []))
  return length === textLength && calls.length === toolCalls && calls.every((call, index) => call === index)
}
