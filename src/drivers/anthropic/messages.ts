import type {
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  ToolUseBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { Message } from '../../core/conversation.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import { type Layout, type LayoutItem, readLayout } from '../answer-layout.ts'
import { messagePath } from '../message-path.ts'
import { userBlocks } from './content.ts'
import type { ModelTraits } from './model-traits.ts'

type AssistantMessage = Extract<Message, { role: 'assistant' }>

export interface WireMessages {
  readonly system: readonly TextBlockParam[]
  readonly messages: readonly MessageParam[]
}

interface Context {
  readonly model: string
  readonly traits: ModelTraits
  readonly issues: InputIssue[]
}

/**
 * A conversation as the API takes it: what the system says first apart, then messages of alternating roles. Results of
 * tools stand in user messages.
 */
export function toWireMessages(messages: readonly Message[], context: Context): WireMessages {
  const firstTurn = messages.findIndex((message) => message.role !== 'system')
  const turns = firstTurn === -1 ? [] : messages.slice(firstTurn)
  const system = messages.slice(0, messages.length - turns.length)
  const wire: { role: MessageParam['role']; content: ContentBlockParam[] }[] = []
  for (const [index, message] of turns.entries()) {
    const path = messagePath(messages, system.length + index)
    const content = blocksOf(message, path, context)
    const role = ROLES[message.role]
    const last = wire.at(-1)
    if (content.length === 0) continue
    if (last?.role === role) last.content.push(...content)
    else wire.push({ role, content })
  }
  refusePrefill(messages, context)
  return { system: system.flatMap(systemBlocks), messages: wire as MessageParam[] }
}

const ROLES = {
  system: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'user',
} as const satisfies Record<Message['role'], MessageParam['role']>

function blocksOf(message: Message, path: readonly string[], context: Context): ContentBlockParam[] {
  switch (message.role) {
    case 'system':
      if (!context.traits.systemTurns) {
        context.issues.push({
          path: [...path, 'system'],
          message: 'This model takes system messages only at the beginning.',
        })
      }
      return systemBlocks(message)
    case 'user':
      return userBlocks(message.parts, [...path, 'user'], context.issues)
    case 'assistant':
      return assistantBlocks(message, [...path, 'assistant'], context)
    case 'tool': {
      const { toolCallId, content, isError } = message
      return [{ type: 'tool_result', tool_use_id: wireId(toolCallId), content, ...(isError ? { is_error: true } : {}) }]
    }
  }
}

function systemBlocks(message: Message): TextBlockParam[] {
  return message.role === 'system' && message.text !== '' ? [{ type: 'text', text: message.text }] : []
}

/** An answer of an earlier turn, with what the provider wants back in its place: thinking, signatures, its own tools. */
function assistantBlocks(message: AssistantMessage, path: readonly string[], context: Context): ContentBlockParam[] {
  const text = message.text ?? ''
  const calls = message.toolCalls.map((call, index): ToolUseBlockParam => {
    const input = call.arguments ?? {}
    if (!isJsonObject(input)) {
      context.issues.push({
        path: [...path, 'toolCalls', String(index), 'arguments'],
        message: 'This provider takes only objects as arguments.',
      })
    }
    return { type: 'tool_use', id: wireId(call.id), name: call.name, input }
  })
  const layout = readLayout(message.providerState?.state ?? null, text, calls.length)
  const isKept = (raw: JsonObject) => !isForeignThinking(raw, layout, context)
  if (layout.items !== null) {
    return inPlace(
      layout.items.filter((item) => !('raw' in item) || isKept(item.raw)),
      text,
      calls,
    )
  }
  return [...layout.raw.filter(isKept).map(asBlock), ...textBlock(text), ...calls]
}

function inPlace(items: readonly LayoutItem[], text: string, calls: readonly ToolUseBlockParam[]): ContentBlockParam[] {
  let from = 0
  return items.flatMap((item): ContentBlockParam[] => {
    if ('raw' in item) return [asBlock(item.raw)]
    if ('toolCall' in item) return calls.slice(item.toolCall, item.toolCall + 1)
    from += item.text
    return textBlock(text.slice(from - item.text, from))
  })
}

/** Thinking that the model would refuse, as another one thought it: it has no use for it. */
function isForeignThinking(raw: JsonObject, { model: thinker }: Layout, { model, traits }: Context): boolean {
  return traits.ownThinkingOnly && thinker !== model && (raw.type === 'thinking' || raw.type === 'redacted_thinking')
}

/** A block goes back as it came; whether it is one, the provider says. */
function asBlock(raw: JsonObject): ContentBlockParam {
  return raw as unknown as ContentBlockParam
}

/** The API refuses text of white space alone. */
function textBlock(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }]
}

/** Ids of other providers' calls may hold what this one refuses. */
function wireId(id: string): string {
  return id.replace(/[^\w-]/g, '_')
}

function refusePrefill(messages: readonly Message[], { traits, issues }: Context): void {
  if (messages.at(-1)?.role !== 'assistant' || traits.prefill) return
  const path = [...messagePath(messages, messages.length - 1), 'assistant']
  issues.push({ path, message: 'This model does not continue an answer; end with a user message or a tool result.' })
}
