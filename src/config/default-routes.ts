import type { RouteDefaults, RouteSettings } from '../core/settings.ts'

/** One good model of a provider for each purpose, by the name that the provider has when it needs no configuration. */
interface Recommended {
  readonly chat: string
  readonly simple: string
  readonly complex: string
}

const OPENAI: Recommended = { chat: 'gpt-5-mini', simple: 'gpt-5-nano', complex: 'gpt-5' }
const ANTHROPIC: Recommended = { chat: 'claude-haiku-4-5', simple: 'claude-haiku-4-5', complex: 'claude-sonnet-4-5' }
const GOOGLE: Recommended = { chat: 'gemini-2.5-flash', simple: 'gemini-2.5-flash-lite', complex: 'gemini-2.5-pro' }

const RECOMMENDED: Readonly<Record<string, Recommended>> = {
  openai: OPENAI,
  anthropic: ANTHROPIC,
  google: GOOGLE,
  'sim-openai': OPENAI,
  'sim-anthropic': ANTHROPIC,
  'sim-google': GOOGLE,
}

/** How long the first model may think before the second is asked, where there is a second. */
const IMPATIENT_MS = 5_000

/**
 * The routes `chat` (one good model of each provider, in order) and `auto` (cheap models for simple requests, capable
 * ones for complex) over the providers that are there; none where no provider has a recommended model. Real providers
 * go before simulated ones, and where there are real ones, simulated ones are left out.
 */
export function defaultRoutes(providers: readonly string[], defaults: RouteDefaults): readonly RouteSettings[] {
  const known = Object.keys(RECOMMENDED).filter((name) => providers.includes(name))
  const real = known.filter((name) => !name.startsWith('sim-'))
  const used = real.length > 0 ? real : known
  if (used.length === 0) return []
  const models = (purpose: keyof Recommended) => used.map((name) => `${name}/${RECOMMENDED[name]?.[purpose]}`)
  const { timeouts } = defaults
  const impatientMs = Math.min(IMPATIENT_MS, timeouts.firstTokenMs ?? IMPATIENT_MS)
  const firstTokenMs = used.length > 1 ? impatientMs : timeouts.firstTokenMs
  return [
    {
      ...defaults,
      name: 'chat',
      policy: { strategy: 'priority', models: models('chat') },
      timeouts: { ...timeouts, firstTokenMs },
    },
    {
      ...defaults,
      name: 'auto',
      policy: { strategy: 'complexity', tiers: { simple: models('simple'), complex: models('complex') } },
    },
  ]
}
