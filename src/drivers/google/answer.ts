import type { ContentEvent, DriverFinish } from '../../core/driver.ts'
import type { JsonObject } from '../../core/json.ts'
import { recordLayout } from '../answer-layout.ts'
import { listOf, objectOf, textOf } from '../json-reading.ts'
import { serviceTierOf } from '../service-tier.ts'
import { malformed, truncated } from '../stream-error.ts'
import { finishReasonOf, rejected } from './ending.ts'
import { partReader } from './parts.ts'
import { laterUsage, toUsage } from './usage.ts'

/** An answer under way: takes the API's chunks one by one and says what they mean. */
export interface Answer {
  /** @throws ProviderError where the chunk makes the answer void */
  take(chunk: JsonObject): readonly ContentEvent[]
  /** Whether the end mark was seen: a candidate's `finishReason`. */
  isComplete(): boolean
  /** @throws ProviderError where the answer is no success */
  finish(): DriverFinish
}

/**
 * @param requested the model that was asked
 * @param makeId makes the id of a tool call that came without one
 */
export function openAnswer(requested: string, makeId: (index: number) => string): Answer {
  const layout = recordLayout()
  const parts = partReader(layout, makeId)
  let hasOutput = false
  let begun = false
  let reason: string | null = null
  let message: string | null = null
  let usage: JsonObject | null = null
  let model: string | null = null

  const checkPrompt = ({ promptFeedback }: JsonObject) => {
    const { blockReason, blockReasonMessage } = objectOf(promptFeedback)
    if (typeof blockReason !== 'string' || hasOutput) return
    throw rejected(textOf(blockReasonMessage) ?? `The provider refused the prompt (${blockReason}).`)
  }
  return {
    take(chunk) {
      usage = laterUsage(usage, chunk.usageMetadata)
      model = textOf(chunk.modelVersion) ?? model
      const candidate = listOf(chunk.candidates).map(objectOf).find(isFirst)
      if (candidate === undefined) {
        checkPrompt(chunk)
        return []
      }
      begun = true
      reason = textOf(candidate.finishReason) ?? reason
      message = textOf(candidate.finishMessage) ?? message
      const events = listOf(objectOf(candidate.content).parts).map(objectOf).flatMap(parts.events)
      hasOutput ||= events.length > 0
      return events
    },
    isComplete: () => reason !== null,
    finish() {
      if (!begun) throw malformed('The provider answered with status 200 and no answer.')
      if (reason === null) throw truncated("The provider's answer ended without its end mark.")
      const finishReason = finishReasonOf({ reason, message, toolCalls: parts.toolCalls(), hasOutput })
      return {
        type: 'finish',
        reason: finishReason,
        usage: toUsage(usage),
        model,
        providerState: layout.state(requested),
        serviceTier: serviceTierOf(usage?.serviceTier),
      }
    },
  }
}

/** Of several candidates, which only `providerOptions` can ask for, the first is the answer. */
function isFirst(candidate: JsonObject): boolean {
  return candidate.index === undefined || candidate.index === 0
}
