import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Sampling } from '../../core/conversation.ts'
import type { ExpressionCheck } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { type AnswerFormat, answerFormat } from './answer-format.ts'
import { toWireMessages } from './messages.ts'
import { type ModelTraits, traitsOf } from './model-traits.ts'
import { samplingFields } from './sampling.ts'
import { off, planThinking, type ThinkingPlan } from './thinking.ts'
import { mustCallOwn, toWireTools } from './tools.ts'

/** The body of a request, without `stream`; `temperature` and `top_p` are older than the SDK's types. */
export type WireRequest = MessageCreateParamsBase & { temperature?: number; top_p?: number }

export interface Translation {
  readonly body: WireRequest
  readonly format: AnswerFormat
  /** What can't be said; then the body is not to be sent. */
  readonly issues: readonly InputIssue[]
}

/** A conversation in the words of the Messages API. */
export function translate({ model, conversation }: ExpressionCheck): Translation {
  const traits = traitsOf(model)
  const issues: InputIssue[] = []
  const { sampling } = conversation
  const maxTokens = sampling.maxOutputTokens ?? traits.maxTokens
  const asked = planThinking(conversation.reasoning, traits, maxTokens)
  issues.push(...asked.issues)
  const canForce = traits.forcedTools && asked.thinking?.type !== 'enabled'
  if (mustCallOwn(conversation.toolChoice) && !canForce) issues.push(notForced(conversation.toolChoice?.type, traits))
  const taken = conversation.tools.map((tool) => tool.name)
  const format = answerFormat(conversation.output, traits, { canForce, taken })
  const tools = toWireTools(conversation, format, traits, issues)
  const forced = tools.tool_choice?.type === 'any' || tools.tool_choice?.type === 'tool'
  const plan = forced && conversation.reasoning === null ? off(traits) : asked
  const { system, messages } = toWireMessages(conversation.messages, { model, traits, issues })
  const instructions =
    format.type === 'instruction' ? [...system, { type: 'text' as const, text: format.text }] : system
  const body: WireRequest = {
    model,
    max_tokens: maxTokens,
    messages: [...messages],
    ...(instructions.length === 0 ? {} : { system: [...instructions] }),
    ...samplingFields(sampling, traits, plan, issues),
    ...tools,
    ...(plan.thinking === undefined ? {} : { thinking: plan.thinking }),
    ...outputConfig(plan, format),
  }
  refuseSeed(sampling, issues)
  return { body, format, issues }
}

function outputConfig(plan: ThinkingPlan, format: AnswerFormat): Pick<WireRequest, 'output_config'> {
  if (plan.effort === undefined && format.type !== 'native') return {}
  return {
    output_config: {
      ...(plan.effort === undefined ? {} : { effort: plan.effort }),
      ...(format.type === 'native' ? { format: { type: 'json_schema' as const, schema: { ...format.schema } } } : {}),
    },
  }
}

function notForced(choice: string | undefined, traits: ModelTraits): InputIssue {
  const path = ['toolChoice', choice === 'tool' ? 'tool' : 'mode']
  if (!traits.forcedTools) return { path, message: 'This model cannot be made to call a tool; write AUTO.' }
  return {
    path,
    message: 'This model cannot be made to call a tool while it reasons; write AUTO or leave `reasoning` out.',
  }
}

function refuseSeed(sampling: Sampling, issues: InputIssue[]): void {
  if (sampling.seed !== null) issues.push({ path: ['seed'], message: 'This provider has no seed.' })
}
