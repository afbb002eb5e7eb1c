import { describe, expect, it } from 'vitest'
import type {
  Conversation,
  InputPart,
  Message,
  OutputSpec,
  ToolCall,
  ToolChoice,
} from '../../../src/core/conversation.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { recordLayout } from '../../../src/drivers/answer-layout.ts'
import { translate } from '../../../src/drivers/google/request.ts'
import { listOf, objectOf, textOf } from '../../../src/drivers/json-reading.ts'
import { withProviderOptions } from '../../../src/drivers/provider-options.ts'
import { conversationWith } from '../conversation-with.ts'
import { loadRecordings, recordingsAbsent, requestOf } from '../recordings.ts'

/** A recorded request as our own: what the contract has is asked in its words, the rest by `providerOptions`. */
interface Asked {
  readonly conversation: Conversation
  readonly options: JsonObject
}

const OURS = ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'model']
const OUR_CONFIG = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'stopSequences',
  'seed',
  'responseMimeType',
  'responseJsonSchema',
]

function asked(wire: JsonObject): Asked {
  const tools = toolsOf(wire)
  const declarations = tools.flatMap((tool) => listOf(tool.functionDeclarations).map(objectOf))
  const config = objectOf(wire.generationConfig)
  const calling = objectOf(objectOf(wire.toolConfig).functionCallingConfig)
  const { functionCallingConfig: _, ...toolConfig } = objectOf(wire.toolConfig)
  const beyond = tools.filter((tool) => tool.functionDeclarations === undefined)
  const inWords = isChoice(calling)
  return {
    conversation: conversationWith({
      messages: [
        ...partsOf(wire.systemInstruction).map((part): Message => ({ role: 'system', text: String(part.text) })),
        ...messagesOf(listOf(wire.contents).map(objectOf)),
      ],
      tools: declarations.map((tool) => ({
        name: String(tool.name),
        description: typeof tool.description === 'string' ? tool.description : null,
        parameters: objectOf(tool.parametersJsonSchema),
        strict: calling.mode === 'VALIDATED' ? true : null,
      })),
      toolChoice: inWords ? choiceOf(calling) : null,
      output: outputOf(config),
      sampling: {
        maxOutputTokens: numberOf(config.maxOutputTokens),
        temperature: numberOf(config.temperature),
        topP: numberOf(config.topP),
        stop: listOf(config.stopSequences).map(String),
      },
    }),
    options: {
      ...without(wire, OURS),
      generationConfig: without(config, OUR_CONFIG),
      ...(beyond.length > 0 ? { tools: beyond } : {}),
      toolConfig: inWords || calling.mode === 'VALIDATED' ? toolConfig : objectOf(wire.toolConfig),
    },
  }
}

/** One alone may stand without its list. */
function toolsOf({ tools }: JsonObject): readonly JsonObject[] {
  return isJsonObject(tools) ? [tools] : listOf(tools).map(objectOf)
}

function without(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)))
}

function numberOf(value: JsonValue | undefined): number | null {
  return typeof value === 'number' ? value : null
}

function outputOf({ responseMimeType, responseJsonSchema }: JsonObject): OutputSpec {
  if (responseMimeType !== 'application/json') return { type: 'text' }
  return isJsonObject(responseJsonSchema) ? { type: 'schema', name: 'x', schema: responseJsonSchema } : { type: 'json' }
}

/** Several tools of which one must be called are more than the contract's choice can say. */
function isChoice({ mode, allowedFunctionNames }: JsonObject): boolean {
  return mode !== 'VALIDATED' && listOf(allowedFunctionNames).length <= 1
}

function choiceOf({ mode, allowedFunctionNames }: JsonObject): ToolChoice | null {
  const name = textOf(listOf(allowedFunctionNames)[0])
  if (name !== null) return { type: 'tool', name }
  if (mode === 'ANY') return { type: 'required' }
  return mode === 'AUTO' ? { type: 'auto' } : mode === 'NONE' ? { type: 'none' } : null
}

function partsOf(content: JsonValue | undefined): readonly JsonObject[] {
  return listOf(objectOf(content).parts).map(objectOf)
}

/** Calls without an id get one of the driver's own, results without one that of the first call of their name still open. */
function messagesOf(contents: readonly JsonObject[]): readonly Message[] {
  const open: { id: string; name: string }[] = []
  let made = 0
  return contents.flatMap((content): readonly Message[] => {
    if (content.role === 'model') {
      const message = assistantOf(partsOf(content), () => `gemini_call_${made++}`)
      if (message.role === 'assistant') open.push(...message.toolCalls)
      return [message]
    }
    return partsOf(content).map((part): Message => {
      if (part.functionResponse === undefined) return { role: 'user', parts: [inputOf(part)] }
      const { id, name, response } = objectOf(part.functionResponse)
      const at = open.findIndex((call) => call.name === name)
      const toolCallId = textOf(id) ?? open.splice(at, 1)[0]?.id ?? 'unknown'
      return { role: 'tool', toolCallId, content: JSON.stringify(response), isError: false }
    })
  })
}

function inputOf(part: JsonObject): InputPart {
  const { mimeType, data } = objectOf(part.inlineData)
  if (part.fileData !== undefined) return { type: 'image', url: String(objectOf(part.fileData).fileUri) }
  if (part.inlineData !== undefined)
    return { type: 'file', mediaType: String(mimeType), data: String(data), name: null }
  return { type: 'text', text: String(part.text) }
}

function assistantOf(parts: readonly JsonObject[], makeId: () => string): Message {
  const layout = recordLayout()
  const toolCalls: ToolCall[] = []
  let text = ''
  for (const part of parts) {
    const extra = typeof part.thoughtSignature === 'string' ? { thoughtSignature: part.thoughtSignature } : undefined
    const call = objectOf(part.functionCall)
    if (part.functionCall !== undefined) {
      layout.toolCall(toolCalls.length, extra)
      toolCalls.push({ id: textOf(call.id) ?? makeId(), name: String(call.name), arguments: call.args ?? {} })
    } else if (typeof part.text === 'string' && part.thought !== true) {
      text += part.text
      layout.text(part.text.length, extra)
    } else layout.raw(part)
  }
  return { role: 'assistant', text, toolCalls, providerState: { provider: 'google', state: layout.state('x') } }
}

/** What the contract can't express: files by URL but images, results of tools that are more than JSON. */
function isBeyond(wire: JsonObject): boolean {
  const parts = listOf(wire.contents).flatMap(partsOf)
  const { responseSchema } = objectOf(wire.generationConfig)
  return (
    responseSchema !== undefined ||
    parts.some((part) => {
      if (part.videoMetadata !== undefined || part.uploadedFile !== undefined) return true
      if (part.fileData !== undefined) return true
      return objectOf(part.functionResponse).parts !== undefined
    })
  )
}

/** Names as the API writes them in JSON; what callers named themselves is left alone. */
function camel(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => camel(item))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
      return [key, THEIRS.includes(key) ? field : camel(field)]
    }),
  )
}

const THEIRS = ['args', 'response', 'parametersJsonSchema', 'responseJsonSchema', 'labels']

/** Ways to write the same: tools in whatever order, neighbours of one role together, and neighbouring texts of an answer; nothing that is empty. */
function meaning(wire: JsonObject): JsonObject {
  const contents: { role: JsonValue; parts: JsonObject[] }[] = []
  for (const content of listOf(wire.contents).map(objectOf)) {
    const last = contents.at(-1)
    const parts = partsOf(content)
    if (last !== undefined && last.role === content.role) last.parts.push(...parts)
    else contents.push({ role: content.role ?? null, parts: [...parts] })
  }
  const tools = toolsOf(wire).toSorted((a, b) => Object.keys(a).join().localeCompare(Object.keys(b).join()))
  const texts = partsOf(wire.systemInstruction).map(({ text }) => text ?? null)
  return {
    ...objectOf(plain(without({ ...wire, tools }, ['model', 'systemInstruction', 'contents']))),
    system: texts,
    contents: contents.map(({ role, parts }) => ({ role, parts: role === 'model' ? joined(parts) : parts })),
  }
}

function plain(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => plain(item))
  if (!isJsonObject(value)) return value
  const fields = Object.entries(value)
    .map(([name, field]) => [name, plain(field)] as const)
    .filter(([, field]) => !isEmpty(field))
  return Object.fromEntries(fields)
}

function isEmpty(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0
  if (!isJsonObject(value)) return value === null
  const { properties, type } = value
  const empty =
    type === 'object' &&
    properties === undefined &&
    Object.keys(value).every((name) => name === 'type' || name === 'additionalProperties')
  return empty || Object.keys(value).length === 0
}

function joined(parts: readonly JsonObject[]): readonly JsonObject[] {
  const out: JsonObject[] = []
  for (const part of parts) {
    const last = out.at(-1)
    const isPlain = (one: JsonObject) => Object.keys(one).join() === 'text'
    if (last !== undefined && isPlain(last) && isPlain(part)) out[out.length - 1] = { text: `${last.text}${part.text}` }
    else out.push(part)
  }
  return out
}

describe.skipIf(recordingsAbsent)(
  `recorded requests to Google${recordingsAbsent ? ` (left out: ${recordingsAbsent})` : ''}`,
  () => {
    const recordings = loadRecordings().filter((one) => one.api === 'generateContent' && one.framing === 'http')

    it('asked in our words, mean the same on the wire', () => {
      const wrong: unknown[] = []
      let compared = 0
      for (const recording of recordings) {
        const recorded = requestOf(recording)
        const wire = isJsonObject(recorded) ? objectOf(camel(recorded)) : null
        if (wire === null || !Array.isArray(wire.contents) || hasParameters(wire) || isBeyond(wire)) continue
        compared++
        const { conversation, options } = asked(wire)
        const { body, issues } = translate({
          model: recording.requestedModel ?? recording.expected.model ?? 'gemini-2.5-flash',
          conversation,
        })
        const [was, is] = [
          meaning(wire),
          meaning(objectOf(JSON.parse(JSON.stringify(withProviderOptions(body, options))))),
        ]
        const differences = Object.keys({ ...was, ...is }).filter((name) => !same(was[name], is[name]))
        if (issues.length > 0 || differences.length > 0) {
          wrong.push([recording.file, issues, differences.map((name) => [name, was[name], is[name]])])
        }
      }
      console.log(`recorded requests to Google: ${compared - wrong.length} / ${compared} (of ${recordings.length})`)
      expect(wrong).toEqual([])
    })
  },
)

/** Schemas in OpenAPI's older dialect, which the driver never writes. */
function hasParameters(wire: JsonObject): boolean {
  const declarations = toolsOf(wire).flatMap((tool) => listOf(tool.functionDeclarations))
  return declarations.some((tool) => objectOf(tool).parameters !== undefined)
}

function same(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(sorted(a ?? null)) === JSON.stringify(sorted(b ?? null))
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => sorted(item))
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, field]) => [name, sorted(field)]))
}
