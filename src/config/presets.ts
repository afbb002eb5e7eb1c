import type { DriverName } from '../core/driver.ts'

/** What is known of a provider by its usual name. */
export interface Preset {
  readonly driver: DriverName
  /** Null is the SDK's own. */
  readonly baseUrl: string | null
  /** The environment variables that usually hold its key, the first that is set counts; none where it needs no key. */
  readonly keyVariables: readonly string[]
}

const compatible = (baseUrl: string, ...keyVariables: string[]): Preset => ({
  driver: 'openai-compatible',
  baseUrl,
  keyVariables,
})

/** From each provider's own page on using it with OpenAI's SDK. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  openai: { driver: 'openai', baseUrl: null, keyVariables: ['OPENAI_API_KEY'] },
  anthropic: { driver: 'anthropic', baseUrl: null, keyVariables: ['ANTHROPIC_API_KEY'] },
  google: { driver: 'google', baseUrl: null, keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'] },
  groq: compatible('https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  mistral: compatible('https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  deepseek: compatible('https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  xai: compatible('https://api.x.ai/v1', 'XAI_API_KEY'),
  together: compatible('https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
  openrouter: compatible('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  fireworks: compatible('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
  cerebras: compatible('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'),
  perplexity: compatible('https://api.perplexity.ai', 'PERPLEXITY_API_KEY'),
  moonshotai: compatible('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  ollama: compatible('http://localhost:11434/v1'),
  lmstudio: compatible('http://localhost:1234/v1'),
  vllm: compatible('http://localhost:8000/v1'),
}
