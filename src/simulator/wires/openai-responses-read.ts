import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { AskedChoice, AskedFormat, AskedReasoning } from '../ask.ts'
import { charactersIn, numberAt, objectAt, objectsAt, spokenIn, textAt } from '../json-access.ts'
import { isSeal } from '../seal.ts'
import { trailing } from '../trailing.ts'
import type { Reading, WireRequest } from '../wire.ts'

/** How encrypted reasoning begins. */
export const ENCRYPTED_PREFIX = 'gAAAAABsim'

/** Reads a request of OpenAI's Responses API. */
export function readResponses({ body }: WireRequest): Reading {
  const model = textAt(body, 'model')
  const items = itemsOf(body)
  const wrong = problemOf(body, items)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  const lastUser = items.findLast((item) => item.role === 'user')
  const outputs = trailing(items, (item) => item.type === 'function_call_output')
  return {
    type: 'ask',
    ask: {
      model,
      streaming: body.stream === true,
      streamsUsage: true,
      lastUserText: spokenIn(lastUser?.content),
      prefill: null,
      toolResults: outputs.map((item) => spokenIn(item.output)),
      inputCharacters: charactersIn(body.instructions) + charactersIn(body.input) + charactersIn(body.tools),
      tools: objectsAt(body, 'tools')
        .filter((tool) => tool.type === 'function')
        .map((tool) => ({ name: textAt(tool, 'name'), schema: objectAt(tool, 'parameters') })),
      choice: choiceOf(body),
      format: formatOf(objectAt(objectAt(body, 'text'), 'format')),
      maxTokens: numberAt(body, 'max_output_tokens'),
      stops: [],
      reasoning: reasoningOf(objectAt(body, 'reasoning')),
      body,
    },
  }
}

function itemsOf(body: JsonObject): readonly JsonObject[] {
  if (typeof body.input === 'string') return [{ role: 'user', content: body.input }]
  return Array.isArray(body.input) ? body.input.filter(isJsonObject) : []
}

function problemOf(body: JsonObject, items: readonly JsonObject[]): string | null {
  if (textAt(body, 'model') === '') return "Missing required parameter: 'model'."
  if (items.length === 0) return "Missing required parameter: 'input'."
  const temperature = numberAt(body, 'temperature')
  if (temperature !== null && (temperature < 0 || temperature > 2)) {
    return `Invalid 'temperature': decimal out of range. Expected a value between 0 and 2, but got ${temperature} instead.`
  }
  const unknown = Object.keys(body).find((name) => NOT_TAKEN.has(name))
  if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`
  return unmatchedOutput(body, items) ?? unreadableReasoning(items)
}

/** Chat Completions takes these and Responses does not. */
const NOT_TAKEN = new Set(['stop', 'seed', 'messages', 'max_tokens', 'max_completion_tokens', 'response_format'])

function unmatchedOutput(body: JsonObject, items: readonly JsonObject[]): string | null {
  if (typeof body.previous_response_id === 'string') return null
  const called = new Set(items.filter((item) => item.type === 'function_call').map((item) => textAt(item, 'call_id')))
  const lost = items.find((item) => item.type === 'function_call_output' && !called.has(textAt(item, 'call_id')))
  return lost === undefined
    ? null
    : `No tool call found for function call output with call_id ${textAt(lost, 'call_id')}.`
}

function unreadableReasoning(items: readonly JsonObject[]): string | null {
  const broken = items.find((item) => {
    const encrypted = textAt(item, 'encrypted_content')
    return item.type === 'reasoning' && encrypted !== '' && !isSeal(ENCRYPTED_PREFIX, encrypted)
  })
  return broken === undefined ? null : `The encrypted content for item ${textAt(broken, 'id')} could not be verified.`
}

function choiceOf(body: JsonObject): AskedChoice {
  if (body.tool_choice === 'none') return { type: 'none' }
  if (body.tool_choice === 'required') return { type: 'required' }
  const name = textAt(objectAt(body, 'tool_choice'), 'name')
  return name === '' ? { type: 'auto' } : { type: 'tool', name }
}

function formatOf(format: JsonObject): AskedFormat {
  if (format.type === 'json_object') return { type: 'json' }
  return format.type === 'json_schema' ? { type: 'schema', schema: objectAt(format, 'schema') } : { type: 'text' }
}

function reasoningOf(reasoning: JsonObject): AskedReasoning {
  if (['', 'none', 'minimal'].includes(textAt(reasoning, 'effort')))
    return textAt(reasoning, 'summary') === '' ? 'none' : 'shown'
  return textAt(reasoning, 'summary') === '' ? 'counted' : 'shown'
}
