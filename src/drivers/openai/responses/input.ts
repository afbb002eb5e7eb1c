import type { Conversation, InputPart, Message, ToolCall } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'
import { readLayout } from '../../answer-layout.ts'
import { toolResultText } from '../tool-result.ts'

type AssistantMessage = Extract<Message, { role: 'assistant' }>

/** A conversation as the Responses API takes it: a flat list of items. */
export function inputItems(conversation: Conversation): readonly JsonObject[] {
  return conversation.messages.flatMap(itemsOf)
}

function itemsOf(message: Message): readonly JsonObject[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.text }]
    case 'user':
      return [{ role: 'user', content: message.parts.map(inputPart) }]
    case 'tool':
      return [{ type: 'function_call_output', call_id: message.toolCallId, output: toolResultText(message) }]
    case 'assistant':
      return assistantItems(message)
  }
}

/** With a state, the items in the order in which they came, reasoning before what it led to; else text, then calls. */
function assistantItems({ text, toolCalls, providerState }: AssistantMessage): readonly JsonObject[] {
  const said = text ?? ''
  const layout = readLayout(providerState?.state ?? null, said, toolCalls.length)
  const plain = [
    ...(said === '' ? [] : [textItem(said)]),
    ...toolCalls.map((call, index) => callItem(call, layout.toolCallExtras.get(index))),
  ]
  if (layout.items === null) return [...layout.raw, ...plain]
  let from = 0
  return layout.items.flatMap((item): readonly JsonObject[] => {
    if ('raw' in item) return [item.raw]
    if ('toolCall' in item) {
      const call = toolCalls[item.toolCall]
      return call === undefined ? [] : [callItem(call, item.extra)]
    }
    const piece = said.slice(from, from + item.text)
    from += item.text
    return piece === '' ? [] : [textItem(piece, item.extra)]
  })
}

/** With a part of its own a message can carry its `phase`; without one the short form is taken everywhere. */
function textItem(text: string, extra?: JsonObject): JsonObject {
  if (extra === undefined) return { role: 'assistant', content: text }
  return {
    ...extra,
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [] }],
    status: 'completed',
  }
}

function callItem(call: ToolCall, extra?: JsonObject): JsonObject {
  return {
    ...extra,
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
  }
}

function inputPart(part: InputPart): JsonObject {
  if (part.type === 'text') return { type: 'input_text', text: part.text }
  if (part.type === 'image') return { type: 'input_image', image_url: part.url, detail: 'auto' }
  const url = `data:${part.mediaType};base64,${part.data}`
  if (part.mediaType.startsWith('image/')) return { type: 'input_image', image_url: url, detail: 'auto' }
  return { type: 'input_file', filename: part.name ?? `file.${part.mediaType.split('/')[1] ?? 'bin'}`, file_data: url }
}
