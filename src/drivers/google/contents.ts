import type { InputPart, Message } from '../../core/conversation.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { type Layout, readLayout } from '../answer-layout.ts'
import { parseDataUrl } from '../data-url.ts'
import { messagePath } from '../message-path.ts'
import { isMadeId } from './call-id.ts'
import type { ModelTraits } from './model-traits.ts'

type AssistantMessage = Extract<Message, { role: 'assistant' }>
type ToolMessage = Extract<Message, { role: 'tool' }>

/** A message in the API's terms; its parts go out as they stand. */
export interface Content {
  readonly role: 'user' | 'model'
  readonly parts: JsonObject[]
}

export interface WireContents {
  readonly system: readonly JsonObject[]
  readonly contents: readonly Content[]
}

/** What Google has for tool calls that no Gemini made. Source: Google's page on thought signatures. */
const NO_SIGNATURE = 'skip_thought_signature_validator'

/** A conversation as the API takes it: what the system says first apart, then contents of alternating roles. */
export function toContents(messages: readonly Message[], traits: ModelTraits, issues: InputIssue[]): WireContents {
  const firstTurn = messages.findIndex((message) => message.role !== 'system')
  const turns = firstTurn === -1 ? [] : messages.slice(firstTurn)
  const system = messages.slice(0, messages.length - turns.length)
  const names = namesOfCalls(messages)
  const contents: Content[] = []
  for (const [index, message] of turns.entries()) {
    const parts = partsOf(message, messagePath(messages, system.length + index), { traits, issues, names })
    const role = message.role === 'assistant' ? 'model' : 'user'
    const last = contents.at(-1)
    if (parts.length === 0) continue
    if (last?.role === role) last.parts.push(...parts)
    else contents.push({ role, parts: [...parts] })
  }
  return { system: system.flatMap((message) => (message.role === 'system' ? [{ text: message.text }] : [])), contents }
}

interface Context {
  readonly traits: ModelTraits
  readonly issues: InputIssue[]
  /** The names of the called tools, by the calls' ids. */
  readonly names: ReadonlyMap<string, string>
}

function namesOfCalls(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []))
  return new Map(calls.map((call) => [call.id, call.name]))
}

function partsOf(message: Message, path: readonly string[], context: Context): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      context.issues.push({
        path: [...path, 'system'],
        message: 'This provider takes system messages only at the beginning.',
      })
      return []
    case 'user':
      return message.parts.flatMap((part, index) => userPart(part, [...path, 'user', String(index)], context))
    case 'assistant':
      return assistantParts(message, [...path, 'assistant'], context)
    case 'tool':
      return toolPart(message, [...path, 'toolResult'], context)
  }
}

function userPart(part: InputPart, path: readonly string[], { traits, issues }: Context): readonly JsonObject[] {
  if (part.type === 'text') return [{ text: part.text }]
  if (part.type === 'file') return [{ inlineData: { mimeType: part.mediaType, data: part.data } }]
  const inline = parseDataUrl(part.url)
  if (inline !== null) return [{ inlineData: { mimeType: inline.mediaType, data: inline.data } }]
  if (!traits.fileUrls) {
    issues.push({ path: [...path, 'imageUrl'], message: 'This model takes no images by URL; write a data URL.' })
    return []
  }
  const mimeType = imageType(part.url)
  return [{ fileData: { fileUri: part.url, ...(mimeType === null ? {} : { mimeType }) } }]
}

const IMAGE_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
}

function imageType(url: string): string | null {
  const extension = /\.(\w+)$/.exec(url.replace(/[?#].*$/s, ''))?.[1]
  return IMAGE_TYPES[extension?.toLowerCase() ?? ''] ?? null
}

/** An answer of an earlier turn, its thought signatures on the parts that they came with. One of nothing is a turn all the same. */
function assistantParts(
  message: AssistantMessage,
  path: readonly string[],
  { traits, issues }: Context,
): readonly JsonObject[] {
  const text = message.text ?? ''
  const layout = readLayout(message.providerState?.state ?? null, text, message.toolCalls.length)
  const calls = message.toolCalls.map((call, index): JsonObject => {
    const args = call.arguments ?? {}
    if (!isJsonObject(args)) {
      const at = [...path, 'toolCalls', String(index), 'arguments']
      issues.push({ path: at, message: 'This provider takes only objects as arguments.' })
    }
    const missing = traits.wantsSignatures && index === 0 ? { thoughtSignature: NO_SIGNATURE } : {}
    const extra = layout.toolCallExtras.get(index) ?? missing
    return { functionCall: { ...wireId(call.id), name: call.name, args }, ...extra }
  })
  const parts = layout.items === null ? [...textPart(text), ...calls] : inPlace(layout.items, text, calls)
  return parts.length === 0 ? [{ text: '' }] : parts
}

function inPlace(
  items: NonNullable<Layout['items']>,
  text: string,
  calls: readonly JsonObject[],
): readonly JsonObject[] {
  let from = 0
  return items.flatMap((item): readonly JsonObject[] => {
    if ('raw' in item) return [item.raw]
    if ('toolCall' in item) return calls.slice(item.toolCall, item.toolCall + 1)
    from += item.text
    return [{ text: text.slice(from - item.text, from), ...item.extra }]
  })
}

function textPart(text: string): readonly JsonObject[] {
  return text === '' ? [] : [{ text }]
}

/** A result must be an object: JSON that is one goes as it is, all else as `result`, a failure as `error`. */
function toolPart(message: ToolMessage, path: readonly string[], { names, issues }: Context): readonly JsonObject[] {
  const name = names.get(message.toolCallId)
  if (name === undefined) {
    issues.push({ path: [...path, 'toolCallId'], message: 'No tool call in the messages has this id.' })
    return []
  }
  const value = asJson(message.content)
  const result = isJsonObject(value) ? value : { result: message.content }
  const response = message.isError ? { error: value } : result
  return [{ functionResponse: { ...wireId(message.toolCallId), name, response } }]
}

/** Ids that the driver made up are not the provider's, so they don't go out. */
function wireId(id: string): JsonObject {
  return isMadeId(id) ? {} : { id }
}

function asJson(content: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(content)
    return isJsonObject(value) ? value : content
  } catch {
    return content
  }
}
