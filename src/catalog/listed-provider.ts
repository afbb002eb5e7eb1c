import { findProvider, type Provider } from '@pydantic/genai-prices'
import type { DriverName } from '../core/driver.ts'
import type { ProviderSettings } from '../core/settings.ts'

/** Names that people give to providers, and the id that the price list has for them. */
const ALIASES: Readonly<Record<string, string>> = {
  'aws-bedrock': 'aws',
  'azure-openai': 'azure',
  bedrock: 'aws',
  copilot: 'github-copilot',
  'fireworks-ai': 'fireworks',
  gemini: 'google',
  'google-vertex': 'google',
  grok: 'x-ai',
  mistralai: 'mistral',
  moonshot: 'moonshotai',
  'together-ai': 'together',
  togetherai: 'together',
  vertex: 'google',
  xai: 'x-ai',
  'z-ai': 'zai',
}

/** Whose models a driver asks for where no base URL sends it elsewhere. */
const HOME = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  'openai-compatible': null,
} satisfies Record<DriverName, string | null>

/**
 * The provider's entry in the price list; undefined where it has none, so that its models are unpriced. In order: the
 * configured `pricedAs`, the base URL that belongs to a provider of the list, the configured name, and the driver's own
 * provider where no base URL is set. Names must be the list's own or an alias of above: the list itself would take any
 * name that contains "openai" for OpenAI, and a home-made server would be priced by accident. For the same reason no
 * provider is ever found by the model's name alone.
 */
export function listedProvider(provider: ProviderSettings): Provider | undefined {
  if (provider.pricedAs !== null) return byName(provider.pricedAs)
  const { baseUrl } = provider
  const home = HOME[provider.driver]
  return (
    (baseUrl === null ? undefined : findProvider({ providerApiUrl: baseUrl })) ??
    byName(provider.name) ??
    (baseUrl === null && home !== null ? byName(home) : undefined)
  )
}

function byName(name: string): Provider | undefined {
  const wanted = name.toLowerCase()
  const id = ALIASES[wanted] ?? wanted
  const found = findProvider({ providerId: id })
  return found?.id === id ? found : undefined
}
