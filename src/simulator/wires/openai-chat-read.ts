import type { JsonObject } from '../../core/json.ts'
import type { AskedChoice, AskedFormat, AskedTool, Prefill } from '../ask.ts'
import { charactersIn, numberAt, objectAt, objectsAt, spokenIn, textAt, textsAt } from '../json-access.ts'
import { trailing } from '../trailing.ts'
import type { Reading, WireRequest } from '../wire.ts'

/** Reads a request of OpenAI's Chat Completions API. */
export function readChat({ body }: WireRequest): Reading {
  const model = textAt(body, 'model')
  const messages = objectsAt(body, 'messages')
  const wrong = problemOf(body, messages)
  if (wrong !== null) return { type: 'invalid', model, detail: wrong }
  const lastUser = messages.findLast((message) => message.role === 'user')
  return {
    type: 'ask',
    ask: {
      model,
      streaming: body.stream === true,
      streamsUsage: objectAt(body, 'stream_options').include_usage === true,
      lastUserText: spokenIn(lastUser?.content),
      prefill: prefillOf(messages.at(-1)),
      toolResults: trailing(messages, (message) => message.role === 'tool').map((message) => spokenIn(message.content)),
      inputCharacters: charactersIn(body.messages) + charactersIn(body.tools),
      tools: toolsOf(body),
      choice: choiceOf(body),
      format: formatOf(objectAt(body, 'response_format')),
      maxTokens: numberAt(body, 'max_completion_tokens') ?? numberAt(body, 'max_tokens'),
      stops: textsAt(body, 'stop'),
      reasoning: ['', 'none', 'minimal'].includes(textAt(body, 'reasoning_effort')) ? 'none' : 'counted',
      body,
    },
  }
}

function problemOf(body: JsonObject, messages: readonly JsonObject[]): string | null {
  if (textAt(body, 'model') === '') return 'you must provide a model parameter'
  if (messages.length === 0)
    return "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."
  const temperature = numberAt(body, 'temperature')
  if (temperature !== null && (temperature < 0 || temperature > 2)) {
    return `Invalid 'temperature': decimal out of range. Expected a value between 0 and 2, but got ${temperature} instead.`
  }
  const called = new Set<string>()
  for (const message of messages) {
    for (const call of objectsAt(message, 'tool_calls')) called.add(textAt(call, 'id'))
    if (message.role === 'tool' && !called.has(textAt(message, 'tool_call_id'))) {
      return "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
    }
  }
  return null
}

/** Mistral's `prefix`, which its answers repeat; others begin anew (docs.mistral.ai, "Prefix"). */
function prefillOf(last: JsonObject | undefined): Prefill | null {
  return last?.role === 'assistant' && last.prefix === true ? { text: spokenIn(last.content), echoed: true } : null
}

function toolsOf(body: JsonObject): readonly AskedTool[] {
  return objectsAt(body, 'tools')
    .filter((tool) => tool.type === 'function')
    .map((tool) => objectAt(tool, 'function'))
    .map((tool) => ({ name: textAt(tool, 'name'), schema: objectAt(tool, 'parameters') }))
}

function choiceOf(body: JsonObject): AskedChoice {
  if (body.tool_choice === 'none') return { type: 'none' }
  if (body.tool_choice === 'required') return { type: 'required' }
  const name = textAt(objectAt(objectAt(body, 'tool_choice'), 'function'), 'name')
  return name === '' ? { type: 'auto' } : { type: 'tool', name }
}

function formatOf(format: JsonObject): AskedFormat {
  if (format.type === 'json_object') return { type: 'json' }
  if (format.type === 'json_schema')
    return { type: 'schema', schema: objectAt(objectAt(format, 'json_schema'), 'schema') }
  return { type: 'text' }
}
