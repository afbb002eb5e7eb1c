import type { Conversation } from '../../src/core/conversation.ts'
import type { Driver, DriverEvent, DriverFinish, DriverRequest, ToolCallDelta } from '../../src/core/driver.ts'
import type { JsonValue } from '../../src/core/json.ts'
import { parseToolArguments } from '../../src/drivers/tool-arguments.ts'

export interface FoldedTool {
  readonly id: string
  readonly name: string
  readonly arguments: JsonValue
}

/** An answer put together from a driver's events, as the pipeline does. */
export interface Folded {
  readonly text: string
  readonly reasoning: string
  readonly tools: readonly FoldedTool[]
  readonly finish: DriverFinish
  readonly events: readonly DriverEvent[]
}

export const NOTHING_ASKED: Conversation = {
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  toolChoice: null,
  output: { type: 'text' },
  sampling: { maxOutputTokens: null, temperature: null, topP: null, stop: [], seed: null },
  reasoning: null,
}

/** A request with everything that a test doesn't care about. */
export function requestWith(changes: Partial<DriverRequest>): DriverRequest {
  return {
    model: 'test-model',
    conversation: NOTHING_ASKED,
    secret: 'test-secret-0123456789',
    upstream: 'stream',
    options: {},
    ...changes,
  }
}

/** Runs a request to its end. Fails where the driver breaks the order of events. */
export async function runDriver(
  driver: Driver,
  request: DriverRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<Folded> {
  const events: DriverEvent[] = []
  for await (const event of driver.stream(request, signal)) events.push(event)
  return fold(events)
}

export function fold(events: readonly DriverEvent[]): Folded {
  const finish = events.at(-1)
  if (finish?.type !== 'finish') throw new Error('the last event is not a finish')
  if (events[0]?.type !== 'start') throw new Error('the first event is not a start')
  const content = events.slice(1, -1).map((event) => {
    if (event.type === 'start' || event.type === 'finish') throw new Error(`a second ${event.type}`)
    return event
  })
  const joined = (type: 'text' | 'reasoning') =>
    content.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('')
  const deltas = content.filter((event) => event.type === 'toolCall')
  return { text: joined('text'), reasoning: joined('reasoning'), tools: foldTools(deltas), finish, events }
}

function foldTools(deltas: readonly ToolCallDelta[]): readonly FoldedTool[] {
  const tools: { id: string; name: string; json: string }[] = []
  for (const { index, id, name, argumentsDelta } of deltas) {
    const known = tools[index]
    if (known) {
      if (id !== null || name !== null) throw new Error('an id or name given twice')
      known.json += argumentsDelta
      continue
    }
    if (index !== tools.length) throw new Error(`tool call ${index} before ${tools.length}`)
    if (id === null || name === null) throw new Error('a tool call without id or name')
    tools.push({ id, name, json: argumentsDelta })
  }
  return tools.map(({ id, name, json }) => ({ id, name, arguments: parseToolArguments(json) }))
}
