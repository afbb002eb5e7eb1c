import type { ContentEvent } from '../../core/driver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import type { LayoutRecorder } from '../answer-layout.ts'
import { parseToolArguments } from '../tool-arguments.ts'
import type { AnswerFormat } from './answer-format.ts'

/** A content block under way. */
export interface OpenBlock {
  /** Takes a `content_block_delta`'s delta. */
  delta(delta: JsonObject): readonly ContentEvent[]
  /** Takes the block's end. */
  close(): readonly ContentEvent[]
}

/** What blocks share within an answer. */
export interface AnswerContext {
  readonly format: AnswerFormat
  readonly layout: LayoutRecorder
  /** The index of the next tool call. */
  nextToolCall(): number
  /** Notes JSON that can't be read: an answer that was cut at its limit is whole all the same. */
  spoil(error: unknown): void
}

const NOTHING: readonly ContentEvent[] = []

/** Begins a block with its `content_block_start`, whole in an answer in one piece. */
export function openBlock(
  start: JsonObject,
  context: AnswerContext,
): { block: OpenBlock; events: readonly ContentEvent[] } {
  switch (start.type) {
    case 'text':
      return textBlock(start, context)
    case 'thinking':
      return thinkingBlock(start, context)
    case 'tool_use':
      return isAnswer(start, context.format) ? answerBlock(start, context.format, context) : toolBlock(start, context)
    default:
      return rawBlock(start, context)
  }
}

type Opened = ReturnType<typeof openBlock>

function textBlock(start: JsonObject, { layout }: AnswerContext): Opened {
  let length = 0
  const events = (value: JsonValue | undefined): readonly ContentEvent[] => {
    const text = string(value)
    length += text.length
    return text === '' ? NOTHING : [{ type: 'text', text }]
  }
  return {
    events: events(start.text),
    block: {
      delta: (delta) => (delta.type === 'text_delta' ? events(delta.text) : NOTHING),
      close() {
        layout.text(length)
        return NOTHING
      },
    },
  }
}

/** Its text is shown; with its signature it is wanted back. */
function thinkingBlock(start: JsonObject, { layout }: AnswerContext): Opened {
  let thinking = string(start.thinking)
  let signature = string(start.signature)
  return {
    events: reasoning(thinking),
    block: {
      delta(delta) {
        if (delta.type === 'signature_delta') signature += string(delta.signature)
        if (delta.type !== 'thinking_delta') return NOTHING
        thinking += string(delta.thinking)
        return reasoning(string(delta.thinking))
      },
      close() {
        if (signature !== '') layout.raw({ type: 'thinking', thinking, signature })
        return NOTHING
      },
    },
  }
}

function toolBlock(start: JsonObject, context: AnswerContext): Opened {
  const index = context.nextToolCall()
  context.layout.toolCall(index)
  const more = (argumentsDelta: string): ContentEvent => ({
    type: 'toolCall',
    index,
    id: null,
    name: null,
    argumentsDelta,
  })
  const first: ContentEvent = {
    type: 'toolCall',
    index,
    id: string(start.id),
    name: string(start.name),
    argumentsDelta: '',
  }
  let json = ''
  return {
    events: [first],
    block: {
      delta(delta) {
        if (delta.type !== 'input_json_delta' || !delta.partial_json) return NOTHING
        json += string(delta.partial_json)
        return [more(string(delta.partial_json))]
      },
      close() {
        if (json === '') return [more(JSON.stringify(start.input ?? {}))]
        parsed(json, context)
        return NOTHING
      },
    },
  }
}

function isAnswer(start: JsonObject, format: AnswerFormat): format is Extract<AnswerFormat, { type: 'tool' }> {
  return format.type === 'tool' && start.name === format.tool.name
}

/** The answer that comes as a tool's input. One that is wrapped is unwrapped at its end. */
function answerBlock(
  start: JsonObject,
  { wrapped }: Extract<AnswerFormat, { type: 'tool' }>,
  context: AnswerContext,
): Opened {
  let json = ''
  const whole = (): string => {
    const input = json === '' ? (start.input ?? {}) : parsed(json, context)
    return JSON.stringify(wrapped && isJsonObject(input) ? (input.value ?? null) : input)
  }
  return {
    events: NOTHING,
    block: {
      delta(delta) {
        if (delta.type !== 'input_json_delta' || !delta.partial_json) return NOTHING
        json += string(delta.partial_json)
        return wrapped ? NOTHING : [{ type: 'text', text: string(delta.partial_json) }]
      },
      close: () => (wrapped || json === '' ? [{ type: 'text', text: whole() }] : NOTHING),
    },
  }
}

/** What the provider's own tools do, what is redacted or compacted: no content, but wanted back as it came. */
function rawBlock(start: JsonObject, context: AnswerContext): Opened {
  let json = ''
  let block = start
  return {
    events: NOTHING,
    block: {
      delta(delta) {
        if (delta.type === 'input_json_delta') json += string(delta.partial_json)
        if (delta.type === 'compaction_delta') {
          const { type: _, ...fields } = delta
          block = { ...block, ...fields }
        }
        return NOTHING
      },
      close() {
        context.layout.raw(json === '' ? block : { ...block, input: parsed(json, context) })
        return NOTHING
      },
    },
  }
}

function parsed(json: string, context: AnswerContext): JsonValue {
  try {
    return parseToolArguments(json)
  } catch (error) {
    context.spoil(error)
    return {}
  }
}

function reasoning(text: string): readonly ContentEvent[] {
  return text === '' ? NOTHING : [{ type: 'reasoning', text }]
}

function string(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
