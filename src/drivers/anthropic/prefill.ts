import type { ExpressionCheck } from '../../core/driver.ts'
import { traitsOf } from './model-traits.ts'
import { translate } from './request.ts'

/**
 * Whether a model goes on from the beginning of an answer: Claude before 4.6, where it neither thinks nor is made to call a
 * tool, and where its output is plain text. Other makers' models behind this API may not refuse one and still begin anew.
 * Sources: Anthropic's pages on prefill, extended thinking, tool use and structured outputs.
 */
export function takesPrefill(check: ExpressionCheck): boolean {
  if (!/claude/.test(check.model) || !traitsOf(check.model).prefill) return false
  if (check.conversation.output.type !== 'text') return false
  const { thinking, tool_choice } = translate(check).body
  const thinks = thinking !== undefined && thinking.type !== 'disabled'
  return !thinks && tool_choice?.type !== 'any' && tool_choice?.type !== 'tool'
}
