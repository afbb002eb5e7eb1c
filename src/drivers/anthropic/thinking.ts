import type { OutputConfig, ThinkingConfigParam } from '@anthropic-ai/sdk/resources/messages/messages'
import type { Reasoning, ReasoningEffort } from '../../core/conversation.ts'
import type { ExpressionCheck } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { askedEffort, UNASKED_EFFORT } from '../asked-effort.ts'
import { type ModelTraits, traitsOf } from './model-traits.ts'

/** What the API takes at least as a budget. Source: Anthropic's page on extended thinking. */
const LEAST_BUDGET = 1_024

/** What an effort is worth in tokens, on models that think by a budget. */
const BUDGETS = { LOW: 2_048, MEDIUM: 8_192, HIGH: 24_576 } as const satisfies Record<Thinking, number>

const EFFORTS = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const satisfies Record<
  Thinking,
  OutputConfig['effort']
>

/** The share of `max_tokens` that an effort may spend on thinking, so that an answer fits behind it. */
const MOST_OF_OUTPUT = 0.8

type Thinking = Exclude<ReasoningEffort, 'NONE'>

/** How hard a model thinks. One that has to be told not to think does so by itself. */
export function thinking({ model, conversation }: ExpressionCheck): ReasoningEffort {
  const traits = traitsOf(model)
  if (traits.thinking === 'none') return 'NONE'
  return askedEffort(conversation.reasoning) ?? (traits.thinkingOff === 'omit' ? 'NONE' : UNASKED_EFFORT)
}

export interface ThinkingPlan {
  /** Absent leaves it to the model's default. */
  readonly thinking?: ThinkingConfigParam
  readonly effort?: 'low' | 'medium' | 'high'
  readonly issues: readonly InputIssue[]
}

/**
 * How the model is told to think. An effort is `output_config.effort` with adaptive thinking where the model has it, else a
 * budget: 2,048 tokens for LOW, 8,192 for MEDIUM, 24,576 for HIGH, at most four fifths of the output. A limit in tokens is
 * a budget; the newest models don't take one.
 * @param maxTokens what the answer may have in all, thinking included
 */
export function planThinking(reasoning: Reasoning | null, traits: ModelTraits, maxTokens: number): ThinkingPlan {
  if (reasoning === null) return { issues: [] }
  const { effort, maxTokens: limit } = reasoning
  if (effort === 'NONE') return off(traits)
  if (traits.thinking === 'none') return refuse(['reasoning'], 'This model does not reason; leave `reasoning` out.')
  if (limit !== null) return byLimit(limit, effort, traits, maxTokens)
  if (effort === null) return { issues: [] }
  if (traits.thinking === 'budget') return byBudget(BUDGETS[effort], maxTokens)
  return { thinking: adaptive(traits), effort: EFFORTS[effort], issues: [] }
}

/** Newer models keep their thoughts to themselves unless they are asked for; the older ones know no `display`. */
function adaptive(traits: ModelTraits): ThinkingConfigParam {
  return traits.thinking === 'adaptive' ? { type: 'adaptive', display: 'summarized' } : { type: 'adaptive' }
}

const OFF = {
  omit: { issues: [] },
  disabled: { thinking: { type: 'disabled' }, issues: [] },
  between_tools: { thinking: { type: 'between_tools' }, issues: [] },
  impossible: refuse(['reasoning', 'effort'], 'This model always reasons; write LOW, or leave `reasoning` out.'),
} as const satisfies Record<ModelTraits['thinkingOff'], ThinkingPlan>

/** Thinking turned off. */
export function off(traits: ModelTraits): ThinkingPlan {
  return OFF[traits.thinkingOff]
}

function byLimit(limit: number, effort: Thinking | null, traits: ModelTraits, maxTokens: number): ThinkingPlan {
  const path = ['reasoning', 'maxTokens']
  if (traits.thinking === 'adaptive')
    return refuse(path, 'This model takes no limit on reasoning; write an effort instead.')
  if (limit < LEAST_BUDGET) return refuse(path, `This provider takes ${LEAST_BUDGET} or more.`)
  if (limit >= maxTokens) return refuse(path, `Must be below the ${maxTokens} tokens that the answer may have in all.`)
  const budget = effort === null ? limit : Math.min(limit, BUDGETS[effort])
  return { thinking: { type: 'enabled', budget_tokens: budget }, issues: [] }
}

function byBudget(budget: number, maxTokens: number): ThinkingPlan {
  if (maxTokens <= LEAST_BUDGET)
    return refuse(['maxOutputTokens'], `With reasoning, this model needs more than ${LEAST_BUDGET}.`)
  const most = Math.max(LEAST_BUDGET, Math.floor(maxTokens * MOST_OF_OUTPUT))
  return { thinking: { type: 'enabled', budget_tokens: Math.min(budget, most, maxTokens - 1) }, issues: [] }
}

function refuse(path: readonly string[], message: string): ThinkingPlan {
  return { issues: [{ path, message }] }
}
