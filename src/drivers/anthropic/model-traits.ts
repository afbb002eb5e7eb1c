/** What a family of models takes, where Anthropic's models differ. */
export interface ModelTraits {
  /**
   * `max_tokens` where the caller sets no limit, as the field is required: the family's own maximum, but no more than 32,000
   * before Claude 4.5, which refuse a request whose input and `max_tokens` don't fit into the window together.
   */
  readonly maxTokens: number
  /** How thinking is asked for: by a budget of tokens, by leaving it to the model, or either. */
  readonly thinking: 'none' | 'budget' | 'either' | 'adaptive'
  /** How thinking is turned off: by not asking for it, by a type of its own, or not at all. */
  readonly thinkingOff: 'omit' | 'disabled' | 'between_tools' | 'impossible'
  /** Which of `temperature` and `top_p` are taken: both, one of them at a time, or neither. */
  readonly sampling: 'both' | 'one' | 'none'
  /** Whether the model can be made to call a tool. */
  readonly forcedTools: boolean
  /** Whether JSON Schemas can be enforced: `output_config.format` and `strict` tools. */
  readonly jsonSchema: boolean
  /** Whether the conversation may end with the beginning of the answer. */
  readonly prefill: boolean
  /** Whether a system message may stand amid the conversation. */
  readonly systemTurns: boolean
  /** Whether thinking of other models is refused; the others pass over what they did not think themselves. */
  readonly ownThinkingOnly: boolean
}

const CLAUDE_3: ModelTraits = {
  maxTokens: 4_096,
  thinking: 'none',
  thinkingOff: 'omit',
  sampling: 'both',
  forcedTools: true,
  jsonSchema: false,
  prefill: true,
  systemTurns: false,
  ownThinkingOnly: false,
}
const CLAUDE_4: ModelTraits = { ...CLAUDE_3, maxTokens: 32_000, thinking: 'budget' }
const CLAUDE_4_5: ModelTraits = { ...CLAUDE_4, maxTokens: 64_000, sampling: 'one', jsonSchema: true }
const CLAUDE_4_6: ModelTraits = { ...CLAUDE_4_5, maxTokens: 128_000, thinking: 'either', prefill: false }
const CLAUDE_4_7: ModelTraits = { ...CLAUDE_4_6, thinking: 'adaptive', sampling: 'none' }
const CLAUDE_5: ModelTraits = { ...CLAUDE_4_7, thinkingOff: 'disabled' }
const ALWAYS_THINKING: ModelTraits = {
  ...CLAUDE_5,
  thinkingOff: 'impossible',
  forcedTools: false,
  ownThinkingOnly: true,
}

/** A model of another maker behind Anthropic's API takes what most of those servers do. */
const FOREIGN: ModelTraits = { ...CLAUDE_4, maxTokens: 8_192, thinkingOff: 'disabled' }

/**
 * The first row that fits counts. Names may stand inside longer ones (`anthropic.claude-…-v1:0`, `claude-…@20250514`).
 * Sources: Anthropic's pages on models, extended and adaptive thinking, effort, structured outputs, prefill, mid-conversation
 * system messages, and "What's new" of Opus 4.7, Opus 5.5 and Sonnet 5.5.
 */
const FAMILIES: readonly (readonly [RegExp, ModelTraits])[] = [
  [/claude-(2|instant|3-(opus|sonnet|haiku))/, CLAUDE_3],
  [/claude-3[-.]5/, { ...CLAUDE_3, maxTokens: 8_192 }],
  [/claude-3[-.]7/, CLAUDE_4],
  [/claude-opus-4[-.]1(?!\d)/, { ...CLAUDE_4, sampling: 'one', jsonSchema: true }],
  [/claude-(opus|sonnet)-4([-.@]0|[-@]20|$|-latest)/, CLAUDE_4],
  [/claude-(opus|sonnet|haiku)-4[-.]5/, CLAUDE_4_5],
  [/claude-(opus|sonnet)-4[-.]6/, CLAUDE_4_6],
  [/claude-opus-4[-.]7/, CLAUDE_4_7],
  [/claude-opus-4[-.]8/, { ...CLAUDE_4_7, systemTurns: true }],
  [/claude-(opus-5[-.]5|fable|mythos)/, ALWAYS_THINKING],
  [/claude-sonnet-5[-.]5/, { ...ALWAYS_THINKING, thinkingOff: 'between_tools' }],
  [/claude/, CLAUDE_5],
]

/** What is known of a model by its name; a Claude that is not known takes what the newest ones take. */
export function traitsOf(model: string): ModelTraits {
  return FAMILIES.find(([pattern]) => pattern.test(model))?.[1] ?? FOREIGN
}
