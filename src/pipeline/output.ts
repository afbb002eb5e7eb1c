import type { ToolCall } from '../core/conversation.ts'
import type { ContentEvent, FinishReason, ToolCallDelta, VectorsEvent } from '../core/driver.ts'
import { parseToolArguments } from '../drivers/tool-arguments.ts'

/** What an attempt has sent. */
export interface Output {
  readonly text: string
  readonly reasoning: string | null
  readonly toolCalls: readonly ToolCall[]
}

/** Puts the output of one attempt together from its events. */
export interface OutputFold {
  add(event: ContentEvent | VectorsEvent): void
  isEmpty(): boolean
  /** The vectors so far, as they came. */
  batches(): readonly VectorsEvent[]
  /** The text parts so far. */
  text(): string
  reasoning(): string
  hasToolCalls(): boolean
  /** All that was sent, as text: what a count of its tokens needs. */
  transcript(): string
  /**
   * The whole output. A tool call that the limit on output tokens cut off is left out: nobody may act on half of one.
   * @throws ProviderError of kind MALFORMED where a tool call's arguments aren't JSON for any other reason
   */
  output(reason: FinishReason): Output
}

interface PartialToolCall {
  id: string
  name: string
  arguments: string
}

export function outputFold(): OutputFold {
  let text = ''
  let reasoning = ''
  const toolCalls = new Map<number, PartialToolCall>()
  const batches: VectorsEvent[] = []

  function addToolCall(delta: ToolCallDelta): void {
    const known = toolCalls.get(delta.index)
    if (!known) {
      toolCalls.set(delta.index, { id: delta.id ?? '', name: delta.name ?? '', arguments: delta.argumentsDelta })
      return
    }
    known.id ||= delta.id ?? ''
    known.name ||= delta.name ?? ''
    known.arguments += delta.argumentsDelta
  }

  const inOrder = () => [...toolCalls].sort(([a], [b]) => a - b).map(([, call]) => call)

  return {
    add(event) {
      if (event.type === 'text') text += event.text
      else if (event.type === 'reasoning') reasoning += event.text
      else if (event.type === 'vectors') batches.push(event)
      else addToolCall(event)
    },
    text: () => text,
    reasoning: () => reasoning,
    hasToolCalls: () => toolCalls.size > 0,
    isEmpty: () => text === '' && reasoning === '' && toolCalls.size === 0 && batches.length === 0,
    batches: () => batches,
    transcript: () =>
      reasoning +
      text +
      inOrder()
        .map((call) => call.name + call.arguments)
        .join(''),
    output: (reason) => ({
      text,
      reasoning: reasoning === '' ? null : reasoning,
      toolCalls: inOrder()
        .filter((call) => reason !== 'LENGTH' || isWhole(call.arguments))
        .map((call) => ({ ...call, arguments: parseToolArguments(call.arguments) })),
    }),
  }
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return text.trim() === ''
  }
}
