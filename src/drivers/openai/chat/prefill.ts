import type { ExpressionCheck } from '../../../core/driver.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { ChatDialect } from './dialect.ts'

/** Whether a service goes on from the beginning of an answer: in plain text, without reasoning or a forced tool. */
export function takesPrefill({ conversation }: ExpressionCheck, dialect: ChatDialect): boolean {
  const { output, reasoning, toolChoice } = conversation
  const isForced = toolChoice?.type === 'required' || toolChoice?.type === 'tool'
  return dialect.prefill !== null && output.type === 'text' && reasoning === null && !isForced
}

/** The messages with what tells the service that the last one is the beginning of its answer, where it is. */
export function withPrefill(messages: readonly JsonObject[], { prefill }: ChatDialect): readonly JsonObject[] {
  const last = messages.at(-1)
  if (prefill === null || last?.role !== 'assistant' || last.tool_calls !== undefined) return messages
  return [...messages.slice(0, -1), { ...last, [prefill]: true }]
}
