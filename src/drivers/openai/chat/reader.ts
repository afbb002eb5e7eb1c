import type { ContentEvent, DriverFinish } from '../../../core/driver.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts'
import { ProviderError } from '../../../core/provider-error.ts'
import { listOf, objectOf, textOf } from '../../json-reading.ts'
import { serviceTierOf } from '../../service-tier.ts'
import { malformed, truncated } from '../../stream-error.ts'
import type { AnswerProgress, AnswerReader, EndMark } from '../answer-reader.ts'
import { classifyError } from '../classify-error.ts'
import type { ReaderContext } from '../reader-context.ts'
import type { ChatDialect } from './dialect.ts'
import { echo, toolCallEntries } from './echo.ts'
import { failureOf, finishReason } from './finish-reason.ts'
import { contentEvents, reasoningText, thinkingIn } from './message-content.ts'
import { THINKING } from './state.ts'
import { toolCalls } from './tool-calls.ts'
import { chatUsage } from './usage.ts'

/** Reads an answer of Chat Completions, streamed or whole. */
export function chatReader(dialect: ChatDialect, context: ReaderContext): AnswerReader {
  let id: string | null = null
  let model: string | null = null
  let usage: JsonValue = null
  let tier: JsonValue = null
  let reason: string | null = null
  let isAnswer = false
  let refused = false
  /** Whether usage came with the finish reason or after it: what came before may not be the last word. */
  let usageCame = false
  const calls = toolCalls((index) => `call_${id ?? context.now.toString(36)}_${index}`)
  const back = echo(dialect.echo)

  const message = (delta: JsonObject): readonly ContentEvent[] => {
    const events: ContentEvent[] = []
    const reasoning = reasoningText(delta, dialect.reasoningFields)
    if (reasoning !== '') events.push({ type: 'reasoning', text: reasoning })
    events.push(...contentEvents(delta.content))
    const refusal = textOf(delta.refusal)
    if (refusal !== null) {
      refused = true
      events.push({ type: 'text', text: refusal })
    }
    for (const entry of toolCallEntries(delta)) {
      events.push(...calls.add(entry))
      back.toolCall(calls.lastIndex(), entry)
    }
    back.message(delta)
    const thinking = thinkingIn(delta.content)
    if (thinking !== '') back.message({ [THINKING]: thinking })
    return events
  }

  /** What a chunk or answer says around its message. */
  const takeDown = (chunk: JsonObject, choice: JsonObject): void => {
    id ??= textOf(chunk.id)
    model = textOf(chunk.model) ?? model
    tier = chunk.service_tier ?? tier
    isAnswer ||= Array.isArray(chunk.choices)
    reason = textOf(choice.finish_reason) ?? reason
    const reported = chunk.usage ?? objectOf(chunk.x_groq).usage
    if (!isJsonObject(reported)) return
    usage = reported
    usageCame = reason !== null
  }
  const read = (chunk: JsonObject): readonly ContentEvent[] => {
    const choice = objectOf(listOf(chunk.choices)[0])
    const failure = chunk.error || choice.error
    if (failure) throw errorInside(failure, context)
    takeDown(chunk, choice)
    if (reason !== null && failureOf(reason) !== null) throw failedAnswer(reason)
    return message(objectOf(choice.delta ?? choice.message))
  }

  return {
    chunk: read,
    whole: (answer) => {
      const events = read(answer)
      if (listOf(answer.choices).length === 0) throw malformed('The provider sent JSON that is no answer.')
      return events
    },
    progress: (): AnswerProgress => (reason === null ? 'open' : usageCame ? 'complete' : 'ending'),
    finish(endMark: EndMark): DriverFinish {
      if (!isAnswer) throw malformed('The provider sent nothing that is an answer.')
      if (reason === null && endMark === 'missing') throw truncated("The provider's stream ended without its end mark.")
      calls.check()
      const ids = calls.ids()
      return {
        type: 'finish',
        reason: finishReason(reason, { toolCalls: ids.length, refused }),
        usage: chatUsage(usage, dialect.reasoningTokens),
        model,
        providerState: back.state(ids),
        serviceTier: serviceTierOf(tier),
      }
    },
  }
}

function errorInside(error: JsonValue, context: ReaderContext): ProviderError {
  return classifyError({ status: 200, body: { error }, ...context })
}

function failedAnswer(reason: string): ProviderError {
  const message = `The provider ended its answer with "${reason}".`
  return new ProviderError({ kind: failureOf(reason) ?? 'SERVER_ERROR', message, httpStatus: 200 })
}
