import type { ContentEvent } from '../../../core/driver.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { LayoutRecorder } from '../../answer-layout.ts'
import { listOf, objectOf, textOf } from '../../json-reading.ts'
import { malformed } from '../../stream-error.ts'
import { parseToolArguments } from '../../tool-arguments.ts'

interface Item {
  /** Characters of text handed on. */
  text: number
  reasoned: boolean
  call: { readonly index: number; json: string } | null
  done: boolean
}

/** The output items of one answer of the Responses API, by their place in it. */
export interface Items {
  text(key: string, text: string): ContentEvent
  reasoning(key: string, text: string): ContentEvent
  /** More arguments; none where the call has not begun. */
  argumentsDelta(key: string, delta: string): readonly ContentEvent[]
  /** An item has begun. */
  begin(key: string, item: JsonObject): readonly ContentEvent[]
  /** An item is whole: what of it has not been streamed comes now. */
  end(key: string, item: JsonObject): readonly ContentEvent[]
  /** Whether anything of an item has been seen. */
  readonly begun: (key: string) => boolean
  readonly count: () => number
  readonly calls: () => number
  readonly refused: () => boolean
  /** @throws ProviderError MALFORMED where a call's arguments are not JSON */
  check(): void
}

export function outputItems(layout: LayoutRecorder): Items {
  const items = new Map<string, Item>()
  const calls: { readonly index: number; json: string }[] = []
  let refused = false

  const at = (key: string): Item => {
    const known = items.get(key)
    if (known) return known
    const item: Item = { text: 0, reasoned: false, call: null, done: false }
    items.set(key, item)
    return item
  }
  const text = (key: string, more: string): ContentEvent => {
    at(key).text += more.length
    return { type: 'text', text: more }
  }
  const reasoning = (key: string, more: string): ContentEvent => {
    at(key).reasoned = true
    return { type: 'reasoning', text: more }
  }
  const argumentsDelta = (key: string, delta: string): readonly ContentEvent[] => {
    const { call } = at(key)
    if (call === null || delta === '') return []
    call.json += delta
    return [{ type: 'toolCall', index: call.index, id: null, name: null, argumentsDelta: delta }]
  }
  const begin = (key: string, item: JsonObject): readonly ContentEvent[] => {
    const state = at(key)
    if (item.type !== 'function_call' || state.call !== null) return []
    const name = textOf(item.name)
    const id = textOf(item.call_id) ?? textOf(item.id)
    if (name === null || id === null) throw malformed('The provider sent a tool call without a name or an id.')
    state.call = { index: calls.length, json: textOf(item.arguments) ?? '' }
    calls.push(state.call)
    return [{ type: 'toolCall', index: state.call.index, id, name, argumentsDelta: state.call.json }]
  }
  const rest = (key: string, item: JsonObject, state: Item): readonly ContentEvent[] => {
    if (item.type === 'message') return state.text > 0 ? [] : messageTexts(item).map((part) => text(key, part))
    if (item.type === 'reasoning') return state.reasoned ? [] : reasoningTexts(item).map((part) => reasoning(key, part))
    if (item.type !== 'function_call') return []
    const begun = begin(key, item)
    return state.call?.json === '' ? [...begun, ...argumentsDelta(key, textOf(item.arguments) ?? '')] : begun
  }
  const takeDown = (item: JsonObject, state: Item): void => {
    if (item.type === 'message') layout.text(state.text, kept(item, ['phase']))
    else if (item.type === 'function_call') layout.toolCall(state.call?.index ?? 0, kept(item, ['namespace']))
    else if (item.type !== 'reasoning') layout.raw(item)
    else if (textOf(item.encrypted_content) !== null || listOf(item.content).length > 0) layout.raw(withoutStatus(item))
  }
  return {
    text,
    reasoning,
    argumentsDelta,
    begin,
    end(key, item) {
      const state = at(key)
      if (state.done) return []
      state.done = true
      if (messageParts(item).some((part) => part.type === 'refusal')) refused = true
      const events = rest(key, item, state)
      takeDown(item, state)
      return events
    },
    begun: (key) => items.has(key),
    count: () => items.size,
    calls: () => calls.length,
    refused: () => refused,
    check() {
      for (const call of calls) parseToolArguments(call.json)
    },
  }
}

function messageParts(item: JsonObject): readonly JsonObject[] {
  return item.type === 'message' ? listOf(item.content).map(objectOf) : []
}

function messageTexts(item: JsonObject): readonly string[] {
  return messageParts(item).flatMap((part) => textOf(part.text) ?? textOf(part.refusal) ?? [])
}

/** What is shown of the reasoning: its summary, else (open models) its text. */
function reasoningTexts(item: JsonObject): readonly string[] {
  const summary = listOf(item.summary).flatMap((part) => textOf(objectOf(part).text) ?? [])
  return summary.length > 0 ? summary : listOf(item.content).flatMap((part) => textOf(objectOf(part).text) ?? [])
}

/** These fields of an item, where it has them. */
function kept(item: JsonObject, names: readonly string[]): JsonObject | undefined {
  const fields = Object.entries(item).filter(([name, value]) => names.includes(name) && value !== null)
  return fields.length === 0 ? undefined : Object.fromEntries(fields)
}

/** The API sends a reasoning item's status and does not take it back. */
function withoutStatus({ status: _, ...item }: JsonObject): JsonObject {
  return item
}
