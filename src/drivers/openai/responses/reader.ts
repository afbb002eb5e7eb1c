import type { ContentEvent, DriverFinish, FinishReason } from '../../../core/driver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { ProviderError } from '../../../core/provider-error.ts'
import { recordLayout } from '../../answer-layout.ts'
import { listOf, objectOf, textOf } from '../../json-reading.ts'
import { serviceTierOf } from '../../service-tier.ts'
import { malformed, truncated } from '../../stream-error.ts'
import type { AnswerReader } from '../answer-reader.ts'
import { classifyError } from '../classify-error.ts'
import type { ReaderContext } from '../reader-context.ts'
import { type Items, outputItems } from './items.ts'
import { responsesUsage } from './usage.ts'

type OnEvent = (items: Items, event: JsonObject) => readonly ContentEvent[]

const delta = (event: JsonObject): string => textOf(event.delta) ?? ''

/** What each event of a stream says; all others repeat what these have said, or are about tools that the provider runs. */
const EVENTS: Readonly<Record<string, OnEvent>> = {
  'response.output_text.delta': (items, event) => some(delta(event), (text) => items.text(keyOf(event), text)),
  'response.refusal.delta': (items, event) => some(delta(event), (text) => items.text(keyOf(event), text)),
  'response.reasoning_summary_text.delta': (items, event) =>
    some(delta(event), (text) => items.reasoning(keyOf(event), text)),
  'response.reasoning_text.delta': (items, event) => some(delta(event), (text) => items.reasoning(keyOf(event), text)),
  'response.function_call_arguments.delta': (items, event) => items.argumentsDelta(keyOf(event), delta(event)),
  'response.output_item.added': (items, event) => items.begin(keyOf(event), objectOf(event.item)),
  'response.output_item.done': (items, event) => items.end(keyOf(event), objectOf(event.item)),
}

/** What ends a stream, each with the response as it then stands. */
const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled'])

/** Reads an answer of the Responses API, streamed or whole. */
export function responsesReader(context: ReaderContext): AnswerReader {
  const layout = recordLayout()
  const items = outputItems(layout)
  let last: JsonObject = {}
  let ended: JsonObject | null = null
  let isAnswer = false

  /** Items that the stream began and did not end are ended now; all, where it named none. */
  const end = (response: JsonObject): readonly ContentEvent[] => {
    ended = response
    if (isJsonObject(response.error)) throw classifyError({ status: 200, body: { error: response.error }, ...context })
    const isFirstSight = items.count() === 0
    return listOf(response.output).flatMap((item, index) =>
      isFirstSight || items.begun(String(index)) ? items.end(String(index), objectOf(item)) : [],
    )
  }
  return {
    chunk(event) {
      const type = textOf(event.type)
      if (type === 'error' || event.error) throw classifyError({ status: 200, body: event, ...context })
      if (type?.startsWith('response.')) isAnswer = true
      if (isJsonObject(event.response)) last = event.response
      if (type !== null && TERMINAL.has(type)) return end(last)
      return (type !== null && EVENTS[type]?.(items, event)) || []
    },
    whole(response) {
      if (isJsonObject(response.error)) throw classifyError({ status: 200, body: response, ...context })
      const isWhole =
        Array.isArray(response.output) && textOf(response.status) !== null && !PENDING.has(String(response.status))
      if (!isWhole) throw malformed('The provider sent JSON that is no answer.')
      isAnswer = true
      last = response
      return end(response)
    },
    progress: () => (ended === null ? 'open' : 'complete'),
    finish(): DriverFinish {
      if (!isAnswer) throw malformed('The provider sent nothing that is an answer.')
      if (ended === null) throw truncated("The provider's stream ended without its end mark.")
      const reason = reasonOf(ended, items)
      items.check()
      const model = textOf(ended.model)
      return {
        type: 'finish',
        reason,
        usage: responsesUsage(ended.usage),
        model,
        providerState: layout.state(model ?? ''),
        serviceTier: serviceTierOf(ended.service_tier),
      }
    },
  }
}

/** Statuses of an answer that is not there yet (`background`). */
const PENDING = new Set(['queued', 'in_progress'])

function keyOf(event: JsonObject): string {
  return String(event.output_index ?? event.item_id ?? '')
}

function some(text: string, make: (text: string) => ContentEvent): readonly ContentEvent[] {
  return text === '' ? [] : [make(text)]
}

function reasonOf(response: JsonObject, items: Items): FinishReason {
  const status = textOf(response.status)
  if (status === 'failed' || status === 'cancelled') throw failed(status)
  if (status === 'incomplete') return INCOMPLETE[String(whyIncomplete(response))] ?? 'LENGTH'
  if (items.calls() > 0) return 'TOOL_CALLS'
  return items.refused() ? 'REFUSAL' : 'STOP'
}

const INCOMPLETE: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'LENGTH',
  content_filter: 'CONTENT_FILTER',
}

function whyIncomplete(response: JsonObject): JsonValue {
  return objectOf(response.incomplete_details).reason ?? null
}

function failed(status: string): ProviderError {
  return new ProviderError({ kind: 'SERVER_ERROR', message: `The provider's answer is "${status}".`, httpStatus: 200 })
}
