import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  ModelConfig,
  ProviderConfig,
  RouteConfig,
  RulesConfig,
  SwitchyardConfig,
} from '../../src/config/define-config.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import type { PolicyConfig } from '../../src/config/policy-config.ts'
import type { Settings } from '../../src/core/settings.ts'

type Named<T> = Readonly<Record<string, T>>

/** A route with the standard rules, or some of its own. */
export function route(name: string, policy: PolicyConfig, rules: RulesConfig = {}): Named<RouteConfig> {
  return { [name]: { ...policy, ...rules } }
}

export function priority(name: string, models: readonly string[], rules: RulesConfig = {}): Named<RouteConfig> {
  return route(name, { strategy: 'priority', models }, rules)
}

/** Cheap, and known: the price list has no name with behaviours behind it. */
const SOME_PRICE = { inputPerMillion: '0.15', cachedInputPerMillion: '0.075', outputPerMillion: '0.60' }

/** A model with a price of its own. */
export function priced(id: string, more: ModelConfig = {}): Named<ModelConfig> {
  return { [id]: { price: SOME_PRICE, ...more } }
}

/** All of many named things. */
export function together<T>(named: readonly Named<T>[]): Named<T> {
  return Object.assign({}, ...named)
}

/** A key whose name says what the simulator makes of it: `INVALID`, `UNPAID`, `LIMITED` … are turned down. */
export function key(name: string): string {
  return `env:KEY_${name}`
}

function secretOf(key: string): string {
  return `sk-test-${key.slice('env:KEY_'.length).toLowerCase()}-0000`
}

/** A provider that the simulator plays; the driver `openai` and Chat Completions unless told. */
export function provider(
  name: string,
  simulatorUrl: string,
  more: Partial<ProviderConfig> = {},
): Named<ProviderConfig> {
  const driver = more.driver ?? 'openai'
  const isOpenAi = driver === 'openai' || driver === 'openai-compatible'
  const baseUrl = isOpenAi ? `${simulatorUrl}/openai/v1` : `${simulatorUrl}/${driver}`
  const api = driver === 'openai' ? { api: 'chat' } : {}
  const config = { driver, ...api, baseUrl, apiKeys: [key('GOOD')], ...more } as ProviderConfig
  return { [name]: config }
}

/** The five ways to reach a provider: each wire once, and an `openai-compatible` one. */
function providersAt(simulatorUrl: string): Named<ProviderConfig> {
  return together([
    provider('openai', simulatorUrl, { driver: 'openai', api: 'responses' }),
    provider('openai-chat', simulatorUrl, { pricedAs: 'openai' }),
    provider('anthropic', simulatorUrl, { driver: 'anthropic' }),
    provider('google', simulatorUrl, { driver: 'google' }),
    provider('compatible', simulatorUrl, { driver: 'openai-compatible', pricedAs: 'openai' }),
  ])
}

/** A model of every provider, with which a test's tag can be joined. */
export const MODELS = {
  openai: 'openai/gpt-5-mini',
  'openai-chat': 'openai-chat/gpt-4.1-mini',
  anthropic: 'anthropic/claude-haiku-4-5',
  google: 'google/gemini-2.5-flash',
  compatible: 'compatible/gpt-4o-mini',
} as const

export type ProviderName = keyof typeof MODELS
export const PROVIDER_NAMES = Object.keys(MODELS) as readonly ProviderName[]

/** With a secret given, no file is made for one. */
const TEST_VARIABLES = { PORT: '0', SWITCHYARD_TOKEN_SECRET: 'not-a-real-secret-0123456789abcdef' }

/** The settings of a configuration file, with the five providers in it. */
export async function settingsOf(simulatorUrl: string, more: SwitchyardConfig): Promise<Settings> {
  const providers = { ...providersAt(simulatorUrl), ...more.providers }
  const keys = Object.values(providers).flatMap(({ apiKeys = [] }) => apiKeys)
  const secrets = Object.fromEntries(keys.map((name) => [name.slice('env:'.length), secretOf(name)]))
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-e2e-'))
  try {
    const file = join(folder, 'config.json')
    await writeFile(file, JSON.stringify({ ...more, providers, simulator: 'never' }))
    const environment = readEnvironment({ ...secrets, ...TEST_VARIABLES, SWITCHYARD_CONFIG: file }, folder)
    return (await loadConfiguration(environment)).settings
  } finally {
    await rm(folder, { recursive: true })
  }
}
