import type {
  InputPart,
  Message,
  OutputSpec,
  ReasoningEffort,
  ToolChoice,
  ToolDefinition,
} from '../../../src/core/conversation.ts'
import type { DriverRequest } from '../../../src/core/driver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { parseDataUrl } from '../../../src/drivers/data-url.ts'
import { listOf, objectOf, textOf } from '../../../src/drivers/json-reading.ts'
import { THINKING } from '../../../src/drivers/openai/chat/state.ts'

/** What our request has no words for: such a recorded request says nothing about the translation. */
export class Inexpressible extends Error {}

const EFFORTS: Readonly<Record<string, ReasoningEffort>> = { none: 'NONE', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }

/** The fields that our request has; all others are the caller's `providerOptions`. */
const OURS = ['model', 'messages', 'stream', 'stream_options', 'tool_choice', 'temperature', 'top_p', 'stop', 'seed']
const OURS_TOO = ['random_seed', 'response_format', 'max_tokens', 'max_completion_tokens', 'tools']

/** A recorded request of Chat Completions, expressed as ours. */
export function expressChat(request: JsonObject): Partial<DriverRequest> {
  const tools = listOf(request.tools).map(objectOf)
  const effort = EFFORTS[String(request.reasoning_effort)] ?? null
  const rest = Object.entries(request).filter(
    ([name, value]) => ![...OURS, ...OURS_TOO].includes(name) && value !== null,
  )
  const extra = tools.flatMap((tool) => Object.keys(tool)).find((name) => !['type', 'function'].includes(name))
  if (extra !== undefined && tools.some((tool) => tool.function !== undefined && extra in tool)) {
    throw new Inexpressible(`a tool with ${extra}`)
  }
  const foreign = tools.filter((tool) => tool.type !== 'function' && !isJsonObject(tool.function))
  return {
    model: String(request.model),
    upstream: request.stream === true ? 'stream' : 'unary',
    options: {
      ...Object.fromEntries(rest.filter(([name]) => effort === null || name !== 'reasoning_effort')),
      ...(foreign.length > 0 ? { tools: foreign } : {}),
      ...formatOptions(objectOf(request.response_format)),
    },
    conversation: {
      messages: listOf(request.messages).map((message) => expressMessage(objectOf(message))),
      tools: tools.filter((tool) => isJsonObject(tool.function)).map((tool) => expressTool(objectOf(tool.function))),
      toolChoice: expressChoice(request.tool_choice),
      output: expressOutput(objectOf(request.response_format)),
      sampling: {
        maxOutputTokens: numberOf(request.max_completion_tokens) ?? numberOf(request.max_tokens),
        temperature: numberOf(request.temperature),
        topP: numberOf(request.top_p),
        stop: listOf(request.stop).map(String),
        seed: numberOf(request.seed) ?? numberOf(request.random_seed),
      },
      reasoning: effort === null ? null : { effort, maxTokens: null },
    },
  }
}

export function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}

export function expressTool({ name, description, parameters, strict }: JsonObject): ToolDefinition {
  return {
    name: String(name),
    description: typeof description === 'string' ? description : null,
    parameters: objectOf(parameters),
    strict: typeof strict === 'boolean' ? strict : null,
  }
}

export function expressChoice(choice: JsonValue | undefined): ToolChoice | null {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice }
  if (choice === 'any') return { type: 'required' }
  const name = textOf(objectOf(objectOf(choice).function).name) ?? textOf(objectOf(choice).name)
  return name === null ? null : { type: 'tool', name }
}

function expressOutput(format: JsonObject): OutputSpec {
  if (format.type === 'json_object') return { type: 'json' }
  const { name, schema } = objectOf(format.json_schema)
  return format.type === 'json_schema'
    ? { type: 'schema', name: String(name), schema: objectOf(schema) }
    : { type: 'text' }
}

/** What our `output` has no words for, strictness among it, goes with `providerOptions` into the same object. */
function formatOptions(format: JsonObject): JsonObject {
  if (format.type !== 'json_schema') return {}
  const { name: _, schema: __, ...rest } = objectOf(format.json_schema)
  return { response_format: { json_schema: { strict: null, ...rest } } }
}

function expressMessage(message: JsonObject): Message {
  if ('cache_control' in message) throw new Inexpressible('a cache point')
  const { role, content } = message
  if (role === 'assistant') return expressAssistant(message)
  if (role === 'user') {
    return {
      role,
      parts: typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(expressPart),
    }
  }
  const text = plainText(content) ?? ''
  if (role === 'system' || role === 'developer') return { role: 'system', text }
  return { role: 'tool', toolCallId: String(message.tool_call_id), content: text, isError: false }
}

function expressAssistant({ role: _, content, tool_calls, ...extra }: JsonObject): Message {
  const [thought, ...answer] = listOf(content).map(objectOf)
  const isThought = thought?.type === 'thinking'
  const thoughts = isThought ? listOf(thought.thinking).map((part) => String(objectOf(part).text)) : []
  if (thoughts.length > 1) throw new Inexpressible('reasoning in parts')
  const echoed = {
    ...without(extra, ['name', 'prefix']),
    ...(thoughts.length === 0 ? {} : { [THINKING]: thoughts.join('') }),
  }
  return {
    role: 'assistant',
    text: plainText(isThought ? (answer.length === 0 ? null : answer) : content),
    toolCalls: listOf(tool_calls).map((call) => expressCall(objectOf(call))),
    providerState:
      Object.keys(echoed).length === 0 ? null : { provider: 'test', state: { message: echoed, toolCalls: {} } },
  }
}

function expressCall(call: JsonObject) {
  const { name, arguments: json } = objectOf(call.function)
  if (typeof json !== 'string') throw new Inexpressible('arguments that are no text')
  return { id: String(call.id), name: String(name), arguments: JSON.parse(json || '{}') as JsonValue }
}

function plainText(content: JsonValue | undefined): string | null {
  if (content === null || content === undefined) return null
  if (typeof content === 'string') return content
  const [part, ...others] = listOf(content).map(objectOf)
  if (others.length > 0 || part?.type !== 'text' || Object.keys(part).length > 2)
    throw new Inexpressible('a message in parts')
  return String(part.text)
}

function expressPart(value: JsonValue): InputPart {
  const part = objectOf(value)
  const url = textOf(objectOf(part.image_url).url)
  if (part.type === 'image_url' && url !== null && Object.keys(objectOf(part.image_url)).length === 1)
    return { type: 'image', url }
  if (part.type === 'text' && !('cache_control' in part) && !('prompt_cache_breakpoint' in part))
    return { type: 'text', text: String(part.text) }
  const document = textOf(objectOf(part.file).file_data) ?? textOf(part.document_url)
  if (document !== null)
    return expressFile(document, textOf(objectOf(part.file).filename) ?? textOf(part.document_name))
  const { data, format } = objectOf(part.input_audio)
  if (format === 'mp3' || format === 'wav')
    return { type: 'file', mediaType: format === 'mp3' ? 'audio/mpeg' : 'audio/wav', data: String(data), name: null }
  throw new Inexpressible(`a part of the type ${part.type}`)
}

export function expressFile(url: string, name: string | null): InputPart {
  const parsed = parseDataUrl(url)
  if (parsed === null) throw new Inexpressible('a file by its URL')
  return { type: 'file', ...parsed, name }
}

export function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name, value]) => !names.includes(name) && value !== null))
}
