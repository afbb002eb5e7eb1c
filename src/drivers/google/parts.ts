import type { ContentEvent } from '../../core/driver.ts'
import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { LayoutRecorder } from '../answer-layout.ts'
import { textOf } from '../json-reading.ts'

/** Says what an answer's parts mean, and takes down what is wanted back of them. */
export interface PartReader {
  events(part: JsonObject): readonly ContentEvent[]
  /** How many tool calls there were. */
  toolCalls(): number
}

const NOTHING: readonly ContentEvent[] = []

/** @param makeId makes the id of a tool call that came without one */
export function partReader(layout: LayoutRecorder, makeId: (index: number) => string): PartReader {
  let toolCalls = 0

  const toolCall = (call: JsonObject, extra: JsonObject | undefined): readonly ContentEvent[] => {
    const index = toolCalls++
    layout.toolCall(index, extra)
    const id = textOf(call.id) ?? makeId(index)
    const argumentsDelta = JSON.stringify(call.args ?? {})
    return [{ type: 'toolCall', index, id, name: textOf(call.name) ?? '', argumentsDelta }]
  }
  const text = (content: string, extra: JsonObject | undefined): readonly ContentEvent[] => {
    layout.text(content.length, extra)
    return content === '' ? NOTHING : [{ type: 'text', text: content }]
  }
  const thought = (part: JsonObject, content: string, extra: JsonObject | undefined): readonly ContentEvent[] => {
    if (extra) layout.raw(part)
    return content === '' ? NOTHING : [{ type: 'reasoning', text: content }]
  }
  return {
    toolCalls: () => toolCalls,
    events(part) {
      const signature = textOf(part.thoughtSignature)
      const extra = signature === null ? undefined : { thoughtSignature: signature }
      if (isJsonObject(part.functionCall)) return toolCall(part.functionCall, extra)
      if (typeof part.text === 'string')
        return part.thought === true ? thought(part, part.text, extra) : text(part.text, extra)
      if (Object.keys(part).length > 0) layout.raw(part)
      return NOTHING
    },
  }
}
