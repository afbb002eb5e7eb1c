import type { InputPart, Message } from '../../core/conversation.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { CompletionRequest } from '../../core/request.ts'
import { withinBounds } from './cuts.ts'

/** What a request was like, without a word of what it said: roles, kinds, sizes, names of tools, parameters. */
export function shapeOfRequest(request: CompletionRequest): JsonObject {
  const { task, conversation, providerOptions } = request
  const { tools, toolChoice, output, sampling, reasoning } = conversation
  const options = Object.entries(providerOptions).map(([provider, given]) => ({
    provider,
    characters: lengthOf(given),
  }))
  const asked =
    task.type === 'embedding'
      ? { texts: task.texts.map((text) => text.length), dimensions: task.dimensions }
      : { messages: conversation.messages.map(shapeOfMessage) }
  return withinBounds({
    store: 'METADATA',
    model: request.model,
    ...asked,
    tools: tools.map((tool) => ({ name: tool.name, characters: lengthOf({ ...tool }) })),
    toolChoice: toolChoice === null ? null : { ...toolChoice },
    output:
      output.type === 'schema' ? { type: output.type, characters: lengthOf(output.schema) } : { type: output.type },
    sampling: { ...sampling, stop: sampling.stop.length },
    reasoning: reasoning === null ? null : { ...reasoning },
    providerOptions: options,
  })
}

function shapeOfMessage(message: Message): JsonObject {
  switch (message.role) {
    case 'system':
      return { role: message.role, characters: message.text.length }
    case 'user':
      return { role: message.role, parts: message.parts.map(shapeOfPart) }
    case 'assistant':
      return {
        role: message.role,
        characters: message.text?.length ?? 0,
        toolCalls: message.toolCalls.map((call) => ({ name: call.name, characters: lengthOf(call.arguments) })),
      }
    case 'tool':
      return { role: message.role, characters: message.content.length, isError: message.isError }
  }
}

function shapeOfPart(part: InputPart): JsonObject {
  switch (part.type) {
    case 'text':
      return { type: part.type, characters: part.text.length }
    case 'image': {
      const mediaType = /^data:([\w.+-]+\/[\w.+-]+)[;,]/.exec(part.url)?.[1] ?? null
      return { type: part.type, mediaType, characters: part.url.length }
    }
    case 'file':
      return { type: part.type, mediaType: part.mediaType, characters: part.data.length }
  }
}

function lengthOf(value: JsonValue): number {
  return JSON.stringify(value).length
}
