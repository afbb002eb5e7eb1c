import type { InputPart, Message, OutputSpec, ReasoningEffort, ToolCall } from '../../../src/core/conversation.ts'
import type { DriverRequest } from '../../../src/core/driver.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { recordLayout } from '../../../src/drivers/answer-layout.ts'
import { listOf, objectOf, textOf } from '../../../src/drivers/json-reading.ts'
import { expressChoice, expressFile, expressTool, Inexpressible, numberOf, without } from './express-chat.ts'

const EFFORTS: Readonly<Record<string, ReasoningEffort>> = { low: 'LOW', medium: 'MEDIUM', high: 'HIGH' }
const OURS = [
  'model',
  'input',
  'instructions',
  'stream',
  'store',
  'include',
  'tool_choice',
  'temperature',
  'top_p',
  'max_output_tokens',
  'tools',
  'text',
]

/** A recorded request of the Responses API, expressed as ours. */
export function expressResponses(request: JsonObject): Partial<DriverRequest> {
  const tools = listOf(request.tools).map(objectOf)
  const isPlain = (tool: JsonObject) =>
    tool.type === 'function' && Object.keys(tool).every((name) => PLAIN_TOOL.includes(name))
  const foreign = tools.filter((tool) => !isPlain(tool))
  if (
    foreign.length > 0 &&
    tools.some(isPlain) &&
    tools.findIndex((tool) => !isPlain(tool)) < tools.findLastIndex(isPlain)
  ) {
    throw new Inexpressible('tools of the provider among our own')
  }
  const { format, ...text } = objectOf(request.text)
  const effort = EFFORTS[String(objectOf(request.reasoning).effort)] ?? null
  const choice = expressChoice(request.tool_choice)
  const messages = expressItems(request)
  return {
    model: String(request.model),
    upstream: request.stream === true ? 'stream' : 'unary',
    options: {
      ...without(request, OURS),
      ...(foreign.length > 0 ? { tools: foreign } : {}),
      ...(Object.keys(text).length > 0 ? { text } : {}),
      ...(choice === null && request.tool_choice ? { tool_choice: request.tool_choice } : {}),
      ...(foreign.length === tools.length && choice !== null ? { tool_choice: request.tool_choice ?? null } : {}),
      ...(isSchema(format)
        ? { text: { ...text, format: { strict: null, ...without(objectOf(format), ['type', 'name', 'schema']) } } }
        : {}),
    },
    conversation: {
      messages,
      tools: tools.filter(isPlain).map(expressTool),
      toolChoice: choice,
      output: expressFormat(objectOf(format)),
      sampling: {
        maxOutputTokens: numberOf(request.max_output_tokens),
        temperature: numberOf(request.temperature),
        topP: numberOf(request.top_p),
        stop: [],
        seed: null,
      },
      reasoning: effort === null ? null : { effort, maxTokens: null },
    },
  }
}

const PLAIN_TOOL = ['type', 'name', 'description', 'parameters', 'strict']

function isSchema(format: JsonValue | undefined): boolean {
  return objectOf(format).type === 'json_schema'
}

function expressFormat(format: JsonObject): OutputSpec {
  if (format.type === 'json_object') return { type: 'json' }
  return isSchema(format)
    ? { type: 'schema', name: String(format.name), schema: objectOf(format.schema) }
    : { type: 'text' }
}

/** Neighbouring items of the assistant are one message of ours, their order in its state. */
function expressItems({ instructions, input }: JsonObject): readonly Message[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : listOf(input).map(objectOf)
  const messages: Message[] = textOf(instructions) === null ? [] : [{ role: 'system', text: String(instructions) }]
  let run: JsonObject[] = []
  const flush = () => {
    if (run.length > 0) messages.push(expressAssistant(run))
    run = []
  }
  for (const item of items) {
    const other = expressOther(item)
    if (other === null) {
      if (item.role === 'assistant' && run.at(-1)?.role === 'assistant') flush()
      run.push(item)
    } else {
      flush()
      messages.push(other)
    }
  }
  flush()
  return messages
}

/** A message that is not the assistant's; null for the assistant's items. */
function expressOther(item: JsonObject): Message | null {
  if (item.type === 'function_call_output') {
    if (typeof item.output !== 'string') throw new Inexpressible('a tool result in parts')
    return { role: 'tool', toolCallId: String(item.call_id), content: item.output, isError: false }
  }
  if (item.type === 'additional_tools' || item.type === 'tool_search_output') throw new Inexpressible(String(item.type))
  if (item.role === 'system' || item.role === 'developer') return { role: 'system', text: textIn(item) }
  if (item.role !== 'user') return null
  const parts =
    typeof item.content === 'string'
      ? [{ type: 'text', text: item.content } as const]
      : listOf(item.content).map(expressPart)
  return { role: 'user', parts }
}

function expressAssistant(items: readonly JsonObject[]): Message {
  const layout = recordLayout()
  const toolCalls: ToolCall[] = []
  let text = ''
  for (const item of items) {
    if (item.type === 'function_call') {
      layout.toolCall(toolCalls.length, extraOf(item, ['namespace']))
      toolCalls.push({
        id: String(item.call_id),
        name: String(item.name),
        arguments: JSON.parse(String(item.arguments || '{}')),
      })
    } else if (item.role === 'assistant') {
      layout.text(textIn(item).length, extraOf(item, ['phase']))
      text += textIn(item)
    } else layout.raw(item)
  }
  const state = layout.state('test')
  return {
    role: 'assistant',
    text: text === '' ? null : text,
    toolCalls,
    providerState: state === null ? null : { provider: 'test', state },
  }
}

function extraOf(item: JsonObject, names: readonly string[]): JsonObject | undefined {
  const extra = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)))
  return Object.keys(extra).length === 0 ? undefined : extra
}

function textIn(item: JsonObject): string {
  if (typeof item.content === 'string') return item.content
  const parts = listOf(item.content).map(objectOf)
  if (parts.length !== 1 || listOf(parts[0]?.annotations).length > 0) throw new Inexpressible('a message in parts')
  return String(parts[0]?.text)
}

function expressPart(value: JsonValue): InputPart {
  const part = objectOf(value)
  if (part.type === 'input_text' && Object.keys(part).length === 2) return { type: 'text', text: String(part.text) }
  if (part.type === 'input_image' && textOf(part.image_url) !== null)
    return { type: 'image', url: String(part.image_url) }
  if (part.type === 'input_file' && textOf(part.file_data) !== null)
    return expressFile(String(part.file_data), textOf(part.filename))
  throw new Inexpressible(`a part of the type ${part.type}`)
}
