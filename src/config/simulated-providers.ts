import type { ProviderSettings } from '../core/settings.ts'

const keys = [{ name: 'simulator', secret: 'simulator' }]

/**
 * The built-in simulator's providers. Their names differ from the real ones', so that pretended spend never mixes with
 * real spend in the ledger.
 * @param url the simulator's own, without a slash at the end
 */
export function simulatedProviders(url: string): readonly ProviderSettings[] {
  const common = { keys, simulated: true, probeEveryMs: null } as const
  return [
    {
      ...common,
      name: 'sim-openai',
      driver: 'openai',
      api: 'responses',
      baseUrl: `${url}/openai/v1`,
      pricedAs: 'openai',
    },
    {
      ...common,
      name: 'sim-anthropic',
      driver: 'anthropic',
      api: 'chat',
      baseUrl: `${url}/anthropic`,
      pricedAs: 'anthropic',
    },
    { ...common, name: 'sim-google', driver: 'google', api: 'chat', baseUrl: `${url}/google`, pricedAs: 'google' },
  ]
}

export const SIMULATED_NAMES: readonly string[] = simulatedProviders('').map(({ name }) => name)
