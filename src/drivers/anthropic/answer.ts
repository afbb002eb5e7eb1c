import type { ContentEvent, DriverFinish, FinishReason } from '../../core/driver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { ProviderError } from '../../core/provider-error.ts'
import { recordLayout } from '../answer-layout.ts'
import { serviceTierOf } from '../service-tier.ts'
import { malformed, truncated } from '../stream-error.ts'
import type { AnswerFormat } from './answer-format.ts'
import { type AnswerContext, type OpenBlock, openBlock } from './blocks.ts'
import { mergeUsage, toUsage } from './usage.ts'

/** An answer under way: takes the API's events one by one, or the answer in one piece, and says what they mean. */
export interface Answer {
  /** @throws ProviderError where the event makes the answer void */
  take(event: JsonObject): readonly ContentEvent[]
  /** Whether the end mark was seen. */
  isComplete(): boolean
  /** @throws ProviderError where the answer is no success */
  finish(): DriverFinish
}

const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'STOP',
  stop_sequence: 'STOP',
  pause_turn: 'STOP',
  compaction: 'STOP',
  max_tokens: 'LENGTH',
  model_context_window_exceeded: 'LENGTH',
  tool_use: 'TOOL_CALLS',
  refusal: 'REFUSAL',
}

const NOTHING: readonly ContentEvent[] = []

/**
 * @param requested the model that was asked
 * @param format how the answer comes
 */
export function openAnswer(requested: string, format: AnswerFormat): Answer {
  const layout = recordLayout()
  const open = new Map<JsonValue | undefined, OpenBlock>()
  let toolCalls = 0
  let hasOutput = false
  let begun = false
  let stopped = false
  let usage: JsonObject | null = null
  let model: string | null = null
  let stopReason: string | null = null
  let refusal = 'The provider refused the request.'
  let spoilt: { readonly error: unknown } | null = null
  const context: AnswerContext = {
    format,
    layout,
    nextToolCall: () => toolCalls++,
    spoil(error) {
      spoilt ??= { error }
    },
  }

  const emit = (events: readonly ContentEvent[]) => {
    hasOutput ||= events.length > 0
    return events
  }
  const noteEnd = (fields: JsonObject) => {
    if (typeof fields.stop_reason === 'string') stopReason = fields.stop_reason
    const details = isJsonObject(fields.stop_details) ? fields.stop_details : {}
    if (typeof details.explanation === 'string') refusal = details.explanation
  }
  const reason = (): FinishReason => {
    const known = REASONS[stopReason ?? ''] ?? 'STOP'
    return known === 'TOOL_CALLS' && toolCalls === 0 ? 'STOP' : known
  }
  const takers: Readonly<Record<string, (event: JsonObject) => readonly ContentEvent[]>> = {
    message_start({ message }) {
      begun = true
      if (!isJsonObject(message)) return NOTHING
      usage = mergeUsage(usage, message.usage)
      if (typeof message.model === 'string') model = message.model
      noteEnd(message)
      return NOTHING
    },
    content_block_start({ index, content_block }) {
      if (!isJsonObject(content_block)) return NOTHING
      const { block, events } = openBlock(content_block, context)
      open.set(index, block)
      return events
    },
    content_block_delta: ({ index, delta }) =>
      isJsonObject(delta) ? (open.get(index)?.delta(delta) ?? NOTHING) : NOTHING,
    content_block_stop({ index }) {
      const block = open.get(index)
      open.delete(index)
      return block?.close() ?? NOTHING
    },
    message_delta({ delta, usage: later }) {
      if (isJsonObject(delta)) noteEnd(delta)
      usage = mergeUsage(usage, later)
      return NOTHING
    },
    message_stop() {
      stopped = true
      return NOTHING
    },
    message: (message) => eventsOf(message).flatMap(take),
  }
  const take = (event: JsonObject): readonly ContentEvent[] => takers[String(event.type)]?.(event) ?? NOTHING
  return {
    take: (event) => emit(take(event)),
    isComplete: () => stopped,
    finish() {
      if (!begun) throw malformed('The provider answered with status 200 and no message.')
      if (!stopped) throw truncated("The provider's answer ended without its end mark.")
      if (stopReason === 'refusal' && !hasOutput) {
        throw new ProviderError({ kind: 'CONTENT_REJECTED', message: refusal, httpStatus: 200 })
      }
      if (spoilt && reason() !== 'LENGTH') throw spoilt.error
      return {
        type: 'finish',
        reason: reason(),
        usage: toUsage(usage),
        model,
        providerState: layout.state(requested),
        serviceTier: serviceTierOf(usage?.service_tier),
      }
    },
  }
}

/** The events that an answer in one piece would have been streamed as. */
function eventsOf(message: JsonObject): readonly JsonObject[] {
  const blocks = Array.isArray(message.content) ? message.content : []
  return [
    { type: 'message_start', message },
    ...blocks.flatMap((content_block: JsonValue, index: number) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_stop' },
  ]
}
