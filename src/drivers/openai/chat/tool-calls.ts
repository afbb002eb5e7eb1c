import type { ToolCallDelta } from '../../../core/driver.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { objectOf, textOf } from '../../json-reading.ts'
import { malformed } from '../../stream-error.ts'
import { parseToolArguments } from '../../tool-arguments.ts'

interface Call {
  readonly index: number
  readonly key: number | null
  id: string | null
  name: string | null
  json: string
  /** Whether its first delta has been handed on: that needs its name. */
  begun: boolean
}

/** The tool calls of one answer, put together from deltas that may interleave. */
export interface ToolCalls {
  /** What one entry of `tool_calls` adds; none while its name isn't known. */
  add(entry: JsonObject): readonly ToolCallDelta[]
  /** The index of the call that was added to last. */
  readonly lastIndex: () => number
  readonly ids: () => readonly string[]
  /** @throws ProviderError MALFORMED where a call has no name or arguments that are not JSON */
  check(): void
}

/** @param idFor makes the id of a call for which the provider gave none */
export function toolCalls(idFor: (index: number) => string): ToolCalls {
  const calls: Call[] = []
  let lastIndex = 0

  const open = (key: number | null): Call => {
    const call = { index: calls.length, key, id: null, name: null, json: '', begun: false }
    calls.push(call)
    return call
  }
  return {
    add(entry) {
      const fn = objectOf(entry.function)
      const said = {
        key: typeof entry.index === 'number' ? entry.index : null,
        id: textOf(entry.id),
        name: textOf(fn.name),
      }
      const call = find(calls, said) ?? open(said.key)
      lastIndex = call.index
      call.id ??= said.id
      call.name ??= said.name
      const more = argumentsText(fn.arguments)
      call.json += more
      if (call.begun)
        return more === '' ? [] : [{ type: 'toolCall', index: call.index, id: null, name: null, argumentsDelta: more }]
      if (call.name === null) return []
      call.begun = true
      call.id ??= idFor(call.index)
      return [{ type: 'toolCall', index: call.index, id: call.id, name: call.name, argumentsDelta: call.json }]
    },
    lastIndex: () => lastIndex,
    ids: () => calls.map((call) => call.id ?? ''),
    check() {
      for (const call of calls) {
        if (call.name === null) throw malformed('The provider sent a tool call without a name.')
        parseToolArguments(call.json)
      }
    },
  }
}

/**
 * The call that a delta goes on with. Some services give no index, and some give each of several calls the same one: a
 * new id with a name then begins a new call.
 */
function find(
  calls: readonly Call[],
  said: { key: number | null; id: string | null; name: string | null },
): Call | undefined {
  const found =
    said.key === null
      ? said.id === null
        ? said.name === null
          ? calls.at(-1)
          : undefined
        : calls.find((call) => call.id === said.id)
      : calls.findLast((call) => call.key === said.key)
  const isAnother =
    found !== undefined && said.name !== null && said.id !== null && found.id !== null && found.id !== said.id
  return isAnother ? undefined : found
}

/** Arguments come as JSON text; a few services send the JSON itself. */
function argumentsText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
