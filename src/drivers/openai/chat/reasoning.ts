import type { Reasoning, ReasoningEffort } from '../../../core/conversation.ts'
import type { InputIssue } from '../../../core/input-issue.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { ReasoningStyle } from './dialect.ts'

export const EFFORTS = { NONE: 'none', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } satisfies Record<
  ReasoningEffort,
  string
>

/** The fields that ask for reasoning. What the style can't express has been refused before. */
export function reasoningFields({ effort, maxTokens }: Reasoning, model: string, style: ReasoningStyle): JsonObject {
  if (style.type === 'object') {
    const asked = {
      ...(effort === null ? {} : { effort: EFFORTS[effort] }),
      ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    }
    return { reasoning: asked }
  }
  if (effort === null || style.type === 'none') return {}
  if (style.type === 'levels') return style.levels[effort] ?? {}
  const value = effort === 'NONE' ? style.none(model) : EFFORTS[effort]
  return value === null ? {} : { reasoning_effort: value }
}

/** What a style can't express of the reasoning that was asked for. */
export function reasoningIssues(
  reasoning: Reasoning | null,
  model: string,
  style: ReasoningStyle,
): readonly InputIssue[] {
  if (reasoning === null) return []
  const { effort, maxTokens } = reasoning
  const issues: InputIssue[] = []
  if (effort !== null && !takesEffort(effort, model, style)) {
    issues.push({
      path: ['reasoning', 'effort'],
      message: `${effort} can't be asked of ${model} at this provider.${alternatives(style)}`,
    })
  }
  if (maxTokens !== null && (style.type !== 'object' || effort !== null)) {
    const message =
      style.type === 'object'
        ? 'This provider takes either an effort or a number of tokens. Leave one of them out.'
        : 'This provider takes no number of reasoning tokens. Give an effort instead.'
    issues.push({ path: ['reasoning', 'maxTokens'], message })
  }
  return issues
}

function takesEffort(effort: ReasoningEffort, model: string, style: ReasoningStyle): boolean {
  if (style.type === 'none') return false
  if (style.type === 'levels') return style.levels[effort] !== undefined
  return style.type === 'object' || effort !== 'NONE' || style.none(model) !== null
}

function alternatives(style: ReasoningStyle): string {
  return style.type === 'levels' ? ` It takes ${Object.keys(style.levels).join(', ')}.` : ''
}
