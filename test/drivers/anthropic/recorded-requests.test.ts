import { describe, expect, it } from 'vitest'
import type {
  Conversation,
  InputPart,
  Message,
  OutputSpec,
  ToolCall,
  ToolChoice,
} from '../../../src/core/conversation.ts'
import { isJsonObject as isObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { recordLayout } from '../../../src/drivers/answer-layout.ts'
import { translate } from '../../../src/drivers/anthropic/request.ts'
import { listOf, objectOf, textOf } from '../../../src/drivers/json-reading.ts'
import { withProviderOptions } from '../../../src/drivers/provider-options.ts'
import { conversationWith } from '../conversation-with.ts'
import { loadRecordings, type Recording, recordingsAbsent, requestOf } from '../recordings.ts'

/** A recorded request as our own: what the contract has is asked in its words, the rest by `providerOptions`. */
interface Asked {
  readonly conversation: Conversation
  readonly options: JsonObject
}

const OURS = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'tools',
  'tool_choice',
  'stream',
]

function asked(wire: JsonObject): Asked {
  const tools = listOf(wire.tools).map(objectOf)
  const own = tools.filter((tool) => tool.input_schema !== undefined && tool.defer_loading === undefined)
  const rest = Object.entries(wire).filter(([name]) => !OURS.includes(name))
  const budget = objectOf(wire.thinking).budget_tokens
  const format = objectOf(objectOf(wire.output_config).format)
  const output: OutputSpec = isObject(format.schema)
    ? { type: 'schema', name: 'x', schema: format.schema }
    : { type: 'text' }
  const options = Object.fromEntries(rest.filter(([name]) => name !== 'thinking' || typeof budget !== 'number'))
  if (output.type === 'schema') options.output_config = {}
  const beyond = tools.filter((tool) => !own.includes(tool))
  return {
    conversation: conversationWith({
      messages: [
        ...textsOf(wire.system).map((text): Message => ({ role: 'system', text })),
        ...listOf(wire.messages).flatMap(messagesOf),
      ],
      tools: own.map((tool) => ({
        name: textOf(tool.name) ?? '',
        description: typeof tool.description === 'string' ? tool.description : null,
        parameters: objectOf(tool.input_schema),
        strict: typeof tool.strict === 'boolean' ? tool.strict : null,
      })),
      toolChoice: choiceOf(objectOf(wire.tool_choice)),
      output,
      sampling: {
        maxOutputTokens: Number(wire.max_tokens),
        temperature: typeof wire.temperature === 'number' ? wire.temperature : null,
        stop: listOf(wire.stop_sequences).map(String),
      },
      reasoning: typeof budget === 'number' ? { effort: null, maxTokens: budget } : null,
    }),
    options: beyond.length > 0 ? { ...options, tools: beyond } : options,
  }
}

const CHOICES: Readonly<Record<string, 'auto' | 'none' | 'required'>> = { auto: 'auto', none: 'none', any: 'required' }

function choiceOf({ type, name }: JsonObject): ToolChoice | null {
  if (type === 'tool') return { type, name: String(name) }
  const mode = CHOICES[String(type)]
  return mode === undefined ? null : { type: mode }
}

function textsOf(content: JsonValue | undefined): readonly string[] {
  return typeof content === 'string' ? [content] : listOf(content).map((block) => String(objectOf(block).text))
}

function blocksOf(content: JsonValue | undefined): readonly JsonObject[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(objectOf)
}

function messagesOf(value: JsonValue): readonly Message[] {
  const { role, content } = objectOf(value)
  const blocks = blocksOf(content)
  if (role === 'assistant') return [assistantOf(blocks)]
  return blocks.map((block): Message => {
    if (block.type !== 'tool_result') return { role: 'user', parts: [partOf(block)] }
    const id = String(block.tool_use_id)
    return { role: 'tool', toolCallId: id, content: textsOf(block.content).join(''), isError: block.is_error === true }
  })
}

function partOf(block: JsonObject): InputPart {
  const { type, url, data, media_type } = objectOf(block.source)
  if (block.type === 'text') return { type: 'text', text: String(block.text) }
  if (block.type === 'image')
    return { type: 'image', url: type === 'url' ? String(url) : `data:${media_type};base64,${data}` }
  const text = type === 'text' ? Buffer.from(String(data)).toString('base64') : String(data)
  return { type: 'file', mediaType: String(media_type), data: text, name: null }
}

function assistantOf(blocks: readonly JsonObject[]): Message {
  const layout = recordLayout()
  const toolCalls: ToolCall[] = []
  let text = ''
  for (const block of blocks) {
    if (block.type === 'text') {
      text += String(block.text)
      layout.text(String(block.text).length)
    } else if (block.type === 'tool_use') {
      layout.toolCall(toolCalls.length)
      toolCalls.push({ id: String(block.id), name: String(block.name), arguments: block.input ?? {} })
    } else layout.raw(block)
  }
  return { role: 'assistant', text, toolCalls, providerState: { provider: 'anthropic', state: layout.state('x') } }
}

/** What the contract can't express in a message: files by their ids or URLs, and results of tools that are more than text. */
function isBeyond(wire: JsonObject): boolean {
  const blocks = listOf(wire.messages).flatMap((message) => blocksOf(objectOf(message).content))
  if (listOf(wire.messages).some((message) => objectOf(message).role === 'system')) return true
  return blocks.some((block) => {
    const { type } = objectOf(block.source)
    if (block.type === 'container_upload') return true
    if (block.type === 'document') return type !== 'base64' && type !== 'text'
    if (block.type === 'image') return type === 'file'
    return block.type === 'tool_result' && blocksOf(block.content).some((part) => part.type !== 'text')
  })
}

/** Ways to write the same: text as a block, tools in whatever order, neighbours of one role together, nothing that is empty. */
function meaning(wire: JsonObject): JsonObject {
  const messages: { role: JsonValue; content: JsonObject[] }[] = []
  for (const message of listOf(wire.messages).map(objectOf)) {
    const content = blocksOf(message.content).filter(
      (block) => block.type !== 'text' || String(block.text).trim() !== '',
    )
    const last = messages.at(-1)
    if (last !== undefined && last.role === message.role) last.content.push(...content)
    else messages.push({ role: message.role ?? null, content: [...content] })
  }
  const tools = listOf(wire.tools)
    .map(objectOf)
    .toSorted((a, b) => String(a.name).localeCompare(String(b.name)))
  return plain({
    ...wire,
    tools,
    messages: messages.map((message) => ({ ...message })),
    system: textsOf(wire.system).map((text) => ({ text })),
  })
}

/** Without cache points, which are said by `providerOptions`, and without what says nothing. */
function plain(value: JsonObject): JsonObject
function plain(value: JsonValue): JsonValue
function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return joined(value.map((item: JsonValue) => plain(item)))
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(
    ([name, field]) => !DROPPED.includes(name) && field !== null && field !== DEFAULTS[name],
  )
  const fields = Object.fromEntries(entries.map(([name, field]) => [name, plain(field)]))
  if (fields.type === 'tool_result')
    return { ...fields, content: textsOf(fields.content).join(''), is_error: fields.is_error === true }
  return fields
}

const DROPPED = ['cache_control', 'stream', 'citations', 'title', 'context', 'caller']

/** What the API takes for granted. */
const DEFAULTS: JsonObject = { disable_parallel_tool_use: false, defer_loading: false, type: 'custom' }

/** Neighbouring texts of an answer are one text. */
function joined(items: readonly JsonValue[]): readonly JsonValue[] {
  const out: JsonValue[] = []
  for (const item of items) {
    const last = out.at(-1)
    if (isText(item) && isText(last)) out[out.length - 1] = { ...last, text: `${last.text}${item.text}` }
    else out.push(item)
  }
  return out
}

function isText(value: JsonValue | undefined): value is JsonObject {
  return isObject(value) && value.type === 'text'
}

describe.skipIf(recordingsAbsent)(
  `recorded requests to Anthropic${recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''}`,
  () => {
    const recordings = loadRecordings().filter(
      (one) => one.api === 'messages' && one.framing === 'http' && one.provider === 'anthropic',
    )

    it('asked in our words, mean the same on the wire', () => {
      const compared: Recording[] = []
      const wrong: unknown[] = []
      for (const recording of recordings) {
        const wire = requestOf(recording)
        if (!isObject(wire) || isBeyond(wire)) continue
        compared.push(recording)
        const { conversation, options } = asked(wire)
        const { body, issues } = translate({ model: String(wire.model), conversation })
        const sent = JSON.parse(JSON.stringify(withProviderOptions(body, options)))
        const differences = Object.keys({ ...meaning(wire), ...meaning(sent) }).filter(
          (name) => !same(meaning(wire)[name], meaning(sent)[name]),
        )
        if (issues.length > 0 || differences.length > 0) {
          wrong.push([
            recording.file,
            issues,
            differences.map((name) => [name, meaning(wire)[name], meaning(sent)[name]]),
          ])
        }
      }
      console.log(
        `recorded requests to Anthropic: ${compared.length - wrong.length} / ${compared.length} (of ${recordings.length})`,
      )
      expect(wrong).toEqual([])
    })
  },
)

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null))
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item))
  if (!isObject(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]))
}
