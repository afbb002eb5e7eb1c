import type { Conversation } from '../../core/conversation.ts'
import type { ExpressionCheck } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import type { JsonObject } from '../../core/json.ts'
import { type Content, toContents } from './contents.ts'
import { type ModelTraits, traitsOf } from './model-traits.ts'
import { planThinking, type ThinkingPlan } from './thinking.ts'
import { toolFields } from './tools.ts'

/** The most stop sequences that the API takes. Source: Google's reference of GenerationConfig. */
const MOST_STOPS = 5

/** The body of `generateContent`. What the SDK's types don't know yet goes out all the same. */
export type WireRequest = JsonObject & { readonly contents: readonly JsonObject[] }

export interface Translation {
  readonly body: WireRequest
  /** What can't be said; then the body is not to be sent. */
  readonly issues: readonly InputIssue[]
}

/** A conversation in the words of Google's generateContent. */
export function translate({ model, conversation }: ExpressionCheck): Translation {
  const traits = traitsOf(model)
  const issues: InputIssue[] = []
  const plan = planThinking(conversation.reasoning, traits)
  issues.push(...plan.issues)
  const { stop } = conversation.sampling
  if (stop.length > MOST_STOPS) issues.push({ path: ['stop'], message: `This provider takes at most ${MOST_STOPS}.` })
  const { system, contents } = toContents(conversation.messages, traits, issues)
  const format = answerFormat(conversation, traits)
  const systemParts = [...system, ...format.system]
  const generationConfig = { ...samplingFields(conversation), ...format.config, ...thinkingFields(plan) }
  const body = {
    ...(systemParts.length === 0 ? {} : { systemInstruction: { role: 'user', parts: systemParts } }),
    contents: contents.map(plain),
    ...toolFields(conversation),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
  }
  return { body, issues }
}

function plain({ role, parts }: Content): JsonObject {
  return { role, parts }
}

function thinkingFields({ thinkingConfig }: ThinkingPlan): JsonObject {
  return thinkingConfig === undefined ? {} : { thinkingConfig: { ...thinkingConfig } }
}

function samplingFields({ sampling }: Conversation): JsonObject {
  return {
    ...(sampling.maxOutputTokens === null ? {} : { maxOutputTokens: sampling.maxOutputTokens }),
    ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
    ...(sampling.topP === null ? {} : { topP: sampling.topP }),
    ...(sampling.stop.length === 0 ? {} : { stopSequences: sampling.stop }),
    ...(sampling.seed === null ? {} : { seed: sampling.seed }),
  }
}

/**
 * JSON is enforced by `responseMimeType` and `responseJsonSchema`. Before Gemini 3 the API refuses that beside tools: then
 * the model is told instead, and the pipeline checks.
 */
function answerFormat(
  { output, tools }: Conversation,
  traits: ModelTraits,
): { config: JsonObject; system: readonly JsonObject[] } {
  if (output.type === 'text') return { config: {}, system: [] }
  if (tools.length > 0 && !traits.jsonWithTools) {
    const only = 'Answer with JSON only: no other text and no Markdown fence.'
    const schema =
      output.type === 'schema' ? ` The answer satisfies this JSON Schema:\n${JSON.stringify(output.schema)}` : ''
    return { config: {}, system: [{ text: `${only}${schema}` }] }
  }
  const schema = output.type === 'schema' ? { responseJsonSchema: output.schema } : {}
  return { config: { responseMimeType: 'application/json', ...schema }, system: [] }
}
