import type { ReasoningEffort } from '../../../core/conversation.ts'
import type { JsonObject } from '../../../core/json.ts'

/** How a service takes reasoning options. */
export type ReasoningStyle =
  /** `reasoning_effort`, with the given value for NONE; null where a model's reasoning can't be turned off. */
  | { readonly type: 'effort'; readonly none: (model: string) => string | null }
  /** `reasoning: { effort, max_tokens }` (OpenRouter). */
  | { readonly type: 'object' }
  /** Fields of the service's own for each effort that it knows (`thinking: { type: 'enabled' }`). */
  | { readonly type: 'levels'; readonly levels: Partial<Record<ReasoningEffort, JsonObject>> }
  | { readonly type: 'none' }

/** Where a service that speaks Chat Completions deviates from the others. Data only: a driver never asks for a name. */
export interface ChatDialect {
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens'
  /** The field for a seed; null where none is taken. */
  readonly seedField: 'seed' | 'random_seed' | null
  /** Whether `stream_options: { include_usage: true }` must or must not be sent. Without, usage comes by itself. */
  readonly streamOptions: 'send' | 'omit'
  /** Whether tools take `strict`. */
  readonly strict: 'taken' | 'unknown'
  /** How the service says that some tool must be called; null where it can't. */
  readonly requiredTool: 'required' | 'any' | null
  /** Whether a JSON Schema goes natively or, with plain JSON mode, as an instruction. */
  readonly jsonSchema: 'native' | 'instruction'
  /** How a file other than an image goes; null where the service takes none. */
  readonly files: 'file' | 'document_url' | null
  /** The field of a last message of the assistant that makes it the beginning of the answer; null where nothing does. */
  readonly prefill: 'prefix' | null
  readonly reasoning: ReasoningStyle
  /** The fields of a message that may hold reasoning as text, the first that is there counts. */
  readonly reasoningFields: readonly string[]
  /** The fields of an answer that the service wants back in the next turn, besides those of tool calls. */
  readonly echo: readonly string[]
  /** Whether `completion_tokens` includes reasoning; `by total` goes by what adds up to `total_tokens`. */
  readonly reasoningTokens: 'included' | 'apart' | 'by total'
}

/** What most services that speak Chat Completions take (vLLM, llama.cpp, LM Studio, Together, Fireworks). */
export const COMMON_DIALECT: ChatDialect = {
  maxTokensField: 'max_tokens',
  seedField: 'seed',
  streamOptions: 'send',
  strict: 'taken',
  requiredTool: 'required',
  jsonSchema: 'native',
  files: 'file',
  prefill: null,
  reasoning: { type: 'effort', none: () => 'none' },
  reasoningFields: ['reasoning_content', 'reasoning'],
  echo: ['reasoning_details'],
  reasoningTokens: 'by total',
}
