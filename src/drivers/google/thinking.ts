import type { Reasoning, ReasoningEffort } from '../../core/conversation.ts'
import type { ExpressionCheck } from '../../core/driver.ts'
import type { InputIssue } from '../../core/input-issue.ts'
import { askedEffort, UNASKED_EFFORT } from '../asked-effort.ts'
import { type ModelTraits, type ThinkingControl, traitsOf } from './model-traits.ts'

type Thinking = Exclude<ReasoningEffort, 'NONE'>
type Budgeted = Extract<ThinkingControl, { by: 'budget' }>
type Levelled = Extract<ThinkingControl, { by: 'level' }>

/** `generationConfig.thinkingConfig`. */
export interface ThinkingConfig {
  readonly includeThoughts?: boolean
  readonly thinkingBudget?: number
  readonly thinkingLevel?: 'minimal' | 'low' | 'medium' | 'high'
}

export interface ThinkingPlan {
  /** Absent leaves it to the model's default. */
  readonly thinkingConfig?: ThinkingConfig
  readonly issues: readonly InputIssue[]
}

/** What an effort is worth in tokens, on models that think by a budget. */
const BUDGETS = { LOW: 2_048, MEDIUM: 8_192, HIGH: 24_576 } as const satisfies Record<Thinking, number>
const LEVELS = { LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const satisfies Record<Thinking, string>

/** How hard a model thinks. */
export function thinking({ model, conversation }: ExpressionCheck): ReasoningEffort {
  const traits = traitsOf(model)
  if (traits.thinking.by === 'none') return 'NONE'
  return askedEffort(conversation.reasoning) ?? (traits.thinksUnasked ? UNASKED_EFFORT : 'NONE')
}

const NOTHING: ThinkingPlan = { issues: [] }

/**
 * How the model is told to think. An effort is a `thinkingLevel` from Gemini 3 on, and a budget of 2,048, 8,192 or 24,576
 * tokens on 2.5; a limit in tokens is a budget on both. NONE is budget 0 or, from Gemini 3 on, the level `minimal`, which is
 * the least that there is. Thoughts are asked for whenever reasoning is.
 */
export function planThinking(reasoning: Reasoning | null, { thinking }: ModelTraits): ThinkingPlan {
  if (reasoning === null) return NOTHING
  if (reasoning.effort === 'NONE') return off(thinking)
  if (thinking.by === 'none') return refuse(['reasoning'], 'This model does not reason; leave `reasoning` out.')
  const { effort, maxTokens } = reasoning
  if (maxTokens !== null) return byLimit(maxTokens, effort, thinking)
  if (effort === null) return NOTHING
  return thinking.by === 'level' ? byLevel(effort, thinking) : budget(Math.min(BUDGETS[effort], thinking.most))
}

function off(thinking: ThinkingControl): ThinkingPlan {
  if (thinking.by === 'none') return NOTHING
  if (thinking.by === 'budget' && thinking.canBeOff) return { thinkingConfig: { thinkingBudget: 0 }, issues: [] }
  if (thinking.by === 'level' && thinking.hasMinimal)
    return { thinkingConfig: { thinkingLevel: 'minimal' }, issues: [] }
  return refuse(['reasoning', 'effort'], 'This model always reasons; write LOW, or leave `reasoning` out.')
}

function byLevel(effort: Thinking, { hasMedium }: Levelled): ThinkingPlan {
  if (effort === 'MEDIUM' && !hasMedium) return budget(BUDGETS.MEDIUM)
  return { thinkingConfig: { includeThoughts: true, thinkingLevel: LEVELS[effort] }, issues: [] }
}

/** A limit above what the model takes holds all the more at the most that it takes. */
function byLimit(limit: number, effort: Thinking | null, thinking: Budgeted | Levelled): ThinkingPlan {
  const { least, most } = thinking.by === 'budget' ? thinking : { least: 1, most: 32_768 }
  if (limit < least) return refuse(['reasoning', 'maxTokens'], `This model takes ${least} or more.`)
  return budget(Math.min(limit, most, effort === null ? most : Math.max(least, BUDGETS[effort])))
}

function budget(thinkingBudget: number): ThinkingPlan {
  return { thinkingConfig: { includeThoughts: true, thinkingBudget }, issues: [] }
}

function refuse(path: readonly string[], message: string): ThinkingPlan {
  return { issues: [{ path, message }] }
}
