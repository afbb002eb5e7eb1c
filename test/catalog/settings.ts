import { UNKNOWN_ABILITIES } from '../../src/core/abilities.ts'
import type { ModelSettings, ProviderSettings } from '../../src/core/settings.ts'

export function provider(name: string, given: Partial<ProviderSettings> = {}): ProviderSettings {
  return {
    name,
    driver: 'openai-compatible',
    api: 'chat',
    baseUrl: null,
    keys: [],
    pricedAs: null,
    simulated: false,
    probeEveryMs: null,
    ...given,
  }
}

export function declared(id: string, given: Partial<ModelSettings> = {}): ModelSettings {
  return {
    id,
    contextWindow: null,
    maxOutputTokens: null,
    price: null,
    tierPrices: {},
    upstream: 'stream',
    abilities: UNKNOWN_ABILITIES,
    region: null,
    dataPolicy: null,
    ...given,
  }
}
