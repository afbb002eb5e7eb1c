import type { Conversation, InputPart, Message } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { formatUsd } from '../../core/money.ts'
import type { CompletionRequest } from '../../core/request.ts'
import { type Cut, withinBounds } from './cuts.ts'

/** Of an image or file that is longer, as base64, nothing is kept but what it was. */
const LONGEST_MEDIA = 65_536

/**
 * A whole request as it is kept: `input` is what `complete` (or `embed`) was given, so that it can be sent again, without
 * what the call's row has: end user, tags, idempotency key.
 */
export function fullRequest(request: CompletionRequest): JsonObject {
  const cuts: Cut[] = []
  const input = {
    model: request.model,
    ...(request.task.type === 'embedding'
      ? given({ texts: request.task.texts, dimensions: request.task.dimensions })
      : conversationInput(request.conversation, cuts)),
    ...given({ routing: routingInput(request), cache: request.cache === 'DEFAULT' ? null : request.cache }),
    ...(Object.keys(request.providerOptions).length > 0 && { providerOptions: request.providerOptions }),
  }
  return withinBounds({ store: 'FULL', input }, cuts)
}

function conversationInput(conversation: Conversation, cuts: Cut[]): JsonObject {
  const { messages, tools, toolChoice, output, sampling, reasoning } = conversation
  return {
    messages: messages.map((message, at) => messageInput(message, `input.messages.${at}`, cuts)),
    ...(tools.length > 0 && { tools: tools.map((tool) => given({ ...tool })) }),
    ...given({
      toolChoice: choiceInput(toolChoice),
      output: outputInput(output),
      maxOutputTokens: sampling.maxOutputTokens,
      temperature: sampling.temperature,
      topP: sampling.topP,
      stop: sampling.stop.length > 0 ? sampling.stop : null,
      seed: sampling.seed,
      reasoning: reasoning && given({ ...reasoning }),
    }),
  }
}

function messageInput(message: Message, path: string, cuts: Cut[]): JsonObject {
  switch (message.role) {
    case 'system':
      return { system: message.text }
    case 'user':
      return { user: message.parts.map((part, at) => partInput(part, `${path}.user.${at}`, cuts)) }
    case 'assistant': {
      const { text, toolCalls, providerState } = message
      const calls = toolCalls.map(({ id, name, arguments: given }) => ({ id, name, arguments: given }))
      return {
        assistant: {
          ...given({ text, toolCalls: calls.length > 0 ? calls : null }),
          ...(providerState && { providerState: { provider: providerState.provider, state: providerState.state } }),
        },
      }
    }
    case 'tool': {
      const { toolCallId, content, isError } = message
      return { toolResult: { toolCallId, content, isError } }
    }
  }
}

function partInput(part: InputPart, path: string, cuts: Cut[]): JsonObject {
  switch (part.type) {
    case 'text':
      return { text: part.text }
    case 'image':
      return { imageUrl: shortMedia(part.url, `${path}.imageUrl`, cuts) }
    case 'file': {
      const { mediaType, data, name } = part
      return { file: given({ mediaType, data: shortMedia(data, `${path}.file.data`, cuts), name }) }
    }
  }
}

/** Half an image is of no use to anybody: a long one is left out, but for the head of its data URL. */
function shortMedia(text: string, path: string, cuts: Cut[]): string {
  if (text.length <= LONGEST_MEDIA) return text
  const head = /^data:[^,]{0,200},/.exec(text)?.[0] ?? ''
  cuts.push({ path, characters: text.length, kept: head.length })
  return head
}

function choiceInput(choice: Conversation['toolChoice']): JsonObject | null {
  if (choice === null) return null
  return choice.type === 'tool' ? { tool: choice.name } : { mode: choice.type.toUpperCase() }
}

function outputInput(output: Conversation['output']): JsonObject | null {
  switch (output.type) {
    case 'text':
      return null
    case 'json':
      return { format: 'JSON' }
    case 'schema':
      return { schema: { name: output.name, schema: output.schema } }
  }
}

function routingInput({ routing }: CompletionRequest): JsonObject | null {
  const { fallbacks, maxCost, ...others } = routing
  const input = given({
    fallbacks: fallbacks.length > 0 ? fallbacks : null,
    maxCostUsd: maxCost === null ? null : formatUsd(maxCost),
    ...others,
  })
  return Object.keys(input).length > 0 ? input : null
}

/** What is not null: null and absent mean the same in an input. */
function given(fields: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
