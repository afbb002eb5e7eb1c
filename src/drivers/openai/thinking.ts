import type { ReasoningEffort } from '../../core/conversation.ts'
import type { ExpressionCheck } from '../../core/driver.ts'
import { askedEffort, UNASKED_EFFORT } from '../asked-effort.ts'

/**
 * How hard models think where nobody says, by their names, which many services share and put a maker's name before. The first
 * row that fits counts. Sources: OpenAI's page on reasoning and its models' pages; the model pages of xAI, DeepSeek,
 * Mistral, Perplexity, Qwen and Moonshot.
 */
const UNASKED: readonly (readonly [RegExp, ReasoningEffort])[] = [
  [/non-reasoning|gpt-5[^/]*-chat/, 'NONE'],
  [/(^|\/)(o\d|gpt-5(\.\d+)?)-pro|deep-research/, 'HIGH'],
  [/codex/, UNASKED_EFFORT],
  // Their default effort is "none".
  [/(^|\/)gpt-5\.[1-4]/, 'NONE'],
  [/(^|\/)(o\d|gpt-5|gpt-oss)/, UNASKED_EFFORT],
  [/(^|[/-])(deepseek-r\d|qwq|magistral|grok-3-mini|grok-4)/, UNASKED_EFFORT],
  [/think|reason/, UNASKED_EFFORT],
]

/** How hard a model behind one of OpenAI's APIs thinks. */
export function thinking({ model, conversation }: ExpressionCheck): ReasoningEffort {
  const name = model.toLowerCase()
  return askedEffort(conversation.reasoning) ?? UNASKED.find(([pattern]) => pattern.test(name))?.[1] ?? 'NONE'
}
