import { type ChatDialect, COMMON_DIALECT } from '../openai/chat/dialect.ts'
import { THINKING } from '../openai/chat/state.ts'
import { COMMON_EMBEDDINGS, type EmbeddingDialect, OPENAI_EMBEDDINGS } from '../openai/embeddings/dialect.ts'
import { effortForNone } from '../openai/reasoning-off.ts'

/** A service that speaks Chat Completions, and how it deviates from what most take. */
export interface Preset {
  /** The usual configured names. */
  readonly names: readonly string[]
  /** The host of its base URL, or a domain above it. */
  readonly hosts: readonly string[]
  readonly deviations: Partial<ChatDialect>
  readonly embeddings?: Partial<EmbeddingDialect>
}

/** Services that only know reasoning on and off. */
const SWITCHED = { NONE: { thinking: { type: 'disabled' } }, HIGH: { thinking: { type: 'enabled' } } } as const

/** Services that know efforts, and another field to turn reasoning off. */
const SWITCHED_OFF = {
  NONE: { thinking: { type: 'disabled' } },
  LOW: { reasoning_effort: 'low' },
  MEDIUM: { reasoning_effort: 'medium' },
  HIGH: { reasoning_effort: 'high' },
} as const

/** From the services' API references. What is not named is as in the common dialect. */
export const PRESETS: readonly Preset[] = [
  {
    names: ['azure', 'azure-openai'],
    hosts: ['openai.azure.com', 'cognitiveservices.azure.com', 'services.ai.azure.com'],
    deviations: {
      maxTokensField: 'max_completion_tokens',
      reasoning: { type: 'effort', none: effortForNone },
      echo: [],
    },
    embeddings: OPENAI_EMBEDDINGS,
  },
  // Usage comes with the last chunk by itself, and unknown fields are refused (docs.mistral.ai/api).
  {
    names: ['mistral'],
    hosts: ['mistral.ai'],
    deviations: {
      seedField: 'random_seed',
      streamOptions: 'omit',
      requiredTool: 'any',
      files: 'document_url',
      prefill: 'prefix',
      echo: [THINKING],
    },
    // 512 texts and 16,384 tokens a request, by its own errors for more.
    embeddings: { limits: { texts: 512, tokens: 16_384 }, dimensionsField: 'output_dimension' },
  },
  {
    names: ['groq'],
    hosts: ['groq.com'],
    deviations: {
      maxTokensField: 'max_completion_tokens',
      strict: 'unknown',
      files: null,
      reasoningFields: ['reasoning'],
      echo: [],
    },
  },
  // JSON mode without schemas; reasoning goes back with tool calls (api-docs.deepseek.com, "Thinking mode").
  {
    names: ['deepseek'],
    hosts: ['deepseek.com'],
    deviations: {
      seedField: null,
      jsonSchema: 'instruction',
      files: null,
      reasoning: { type: 'levels', levels: SWITCHED },
      echo: ['reasoning_content'],
    },
  },
  // `completion_tokens` leaves reasoning out (docs.x.ai, "Chat completions").
  {
    names: ['xai', 'grok'],
    hosts: ['x.ai'],
    deviations: { files: null, echo: ['reasoning_content'], reasoningTokens: 'apart' },
  },
  {
    names: ['openrouter'],
    hosts: ['openrouter.ai'],
    deviations: { reasoning: { type: 'object' }, reasoningFields: ['reasoning', 'reasoning_content'] },
  },
  {
    names: ['vercel', 'vercel-gateway', 'ai-gateway'],
    hosts: ['ai-gateway.vercel.sh'],
    deviations: { reasoning: { type: 'object' }, reasoningFields: ['reasoning', 'reasoning_content'] },
  },
  {
    names: ['cerebras'],
    hosts: ['cerebras.ai'],
    deviations: {
      maxTokensField: 'max_completion_tokens',
      files: null,
      reasoningFields: ['reasoning'],
      echo: ['reasoning'],
    },
  },
  {
    names: ['together', 'togetherai'],
    hosts: ['together.xyz', 'together.ai'],
    deviations: { strict: 'unknown', files: null },
  },
  {
    names: ['fireworks'],
    hosts: ['fireworks.ai'],
    deviations: { strict: 'unknown', files: null, echo: ['reasoning_content'] },
  },
  {
    names: ['perplexity'],
    hosts: ['perplexity.ai'],
    deviations: { seedField: null, strict: 'unknown', requiredTool: null, echo: [] },
  },
  {
    names: ['zai', 'zhipu', 'bigmodel'],
    hosts: ['z.ai', 'bigmodel.cn'],
    deviations: {
      seedField: null,
      strict: 'unknown',
      jsonSchema: 'instruction',
      files: null,
      reasoning: { type: 'levels', levels: SWITCHED_OFF },
      echo: ['reasoning_content'],
    },
  },
  {
    names: ['moonshot', 'kimi'],
    hosts: ['moonshot.ai', 'moonshot.cn'],
    deviations: {
      seedField: null,
      requiredTool: null,
      files: null,
      reasoning: { type: 'levels', levels: SWITCHED },
      echo: ['reasoning_content'],
    },
  },
  { names: ['huggingface', 'hf'], hosts: ['router.huggingface.co'], deviations: { strict: 'unknown', files: null } },
  {
    names: ['snowflake'],
    hosts: ['snowflakecomputing.com'],
    deviations: { maxTokensField: 'max_completion_tokens', reasoning: { type: 'object' } },
  },
  // Google's endpoint at generativelanguage.googleapis.com/v1beta/openai. Its own driver says more.
  { names: [], hosts: ['generativelanguage.googleapis.com'], deviations: { strict: 'unknown', files: null, echo: [] } },
  {
    names: ['ollama'],
    hosts: [],
    deviations: { strict: 'unknown', requiredTool: null, files: null, reasoningFields: ['reasoning'] },
  },
  { names: ['vllm', 'lmstudio', 'llamacpp', 'local'], hosts: [], deviations: { files: null } },
]

/** How a service speaks Chat Completions: by the host of its base URL, else by the provider's configured name. */
export function dialectOf(name: string, baseUrl: string | null): ChatDialect {
  return { ...COMMON_DIALECT, ...presetOf(name, baseUrl)?.deviations }
}

/** How a service takes requests for vectors, found the same way. */
export function embeddingDialectOf(name: string, baseUrl: string | null): EmbeddingDialect {
  return { ...COMMON_EMBEDDINGS, ...presetOf(name, baseUrl)?.embeddings }
}

function presetOf(name: string, baseUrl: string | null): Preset | undefined {
  const host = baseUrl === null ? '' : new URL(baseUrl).hostname
  return (
    PRESETS.find(({ hosts }) => hosts.some((end) => `.${host}`.endsWith(`.${end}`))) ??
    PRESETS.find(({ names }) => names.includes(name))
  )
}
