import type { ProviderKey, ProviderSettings } from '../core/settings.ts'
import type { ProviderConfig } from './define-config.ts'
import type { Environment } from './environment.ts'
import { isLocalUrl } from './local-url.ts'
import { PRESETS, type Preset } from './presets.ts'
import type { Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { providerSchema } from './schema/provider.ts'
import { SIMULATED_NAMES } from './simulated-providers.ts'

/** As long as a circuit is open for the first time. */
const PROBE_EVERY_MS = 5_000

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/

/** The providers that are declared, then those whose usual key variable is set. */
export function resolveProviders(
  declared: Readonly<Record<string, unknown>>,
  environment: Environment,
  problems: Problems,
): readonly ProviderSettings[] {
  const configured = Object.entries(declared).flatMap(([name, value]) => {
    const path = `providers.${name}`
    if (!NAME.test(name)) problems.add(path, 'name a provider with letters, digits, dots, hyphens and underscores')
    if (SIMULATED_NAMES.includes(name)) problems.add(path, 'give it another name: this is one of the simulator')
    const config = readSection(providerSchema, value, path, problems)
    return config === null ? [] : resolveProvider(name, config, environment, problems)
  })
  return [...configured, ...automaticProviders(new Set(Object.keys(declared)), environment)]
}

function resolveProvider(
  name: string,
  config: ProviderConfig,
  environment: Environment,
  problems: Problems,
): ProviderSettings {
  const preset = presetOf(name, config)
  const baseUrl = config.baseUrl?.replace(/\/+$/, '') ?? preset?.baseUrl ?? null
  if (config.driver === 'openai-compatible' && baseUrl === null) {
    const example = 'https://llm.example.com/v1'
    problems.add(`providers.${name}.baseUrl`, `is missing: write where "${name}" is, such as "${example}"`)
  }
  const keys =
    config.apiKeys === undefined
      ? usualKeys(name, preset, baseUrl, environment, problems)
      : namedKeys(name, config.apiKeys, environment, problems)
  return {
    name,
    driver: config.driver,
    api: config.driver === 'openai' ? (config.api ?? 'responses') : 'chat',
    baseUrl,
    keys,
    ...adminKeyOf(config.adminKey, environment),
    pricedAs: config.pricedAs ?? null,
    simulated: false,
    probeEveryMs: probeEveryMs(config.probe),
  }
}

/** Only the command that fetches reports needs it, so a server may well run where its variable is not set. */
function adminKeyOf(adminKey: string | undefined, environment: Environment): Pick<ProviderSettings, 'adminKey'> {
  const name = adminKey?.slice('env:'.length)
  const secret = name === undefined ? null : environment.variable(name)
  return name === undefined || secret === null ? {} : { adminKey: { name, secret } }
}

function probeEveryMs(probe: ProviderConfig['probe']): number | null {
  if (typeof probe === 'object') return probe.everyMs ?? PROBE_EVERY_MS
  return probe === true ? PROBE_EVERY_MS : null
}

/** A preset is known by the provider's name, or by its driver where no base URL leads elsewhere. */
function presetOf(name: string, config: ProviderConfig): Preset | undefined {
  const named = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined
  if (named?.driver === config.driver) return named
  const isHome = config.baseUrl === undefined && config.driver !== 'openai-compatible'
  return isHome ? PRESETS[config.driver] : undefined
}

function namedKeys(
  name: string,
  apiKeys: readonly string[],
  environment: Environment,
  problems: Problems,
): readonly ProviderKey[] {
  return apiKeys.flatMap((key, index) => {
    const path = `providers.${name}.apiKeys.${index}`
    const variable = key.slice('env:'.length)
    const secret = environment.variable(variable)
    if (apiKeys.indexOf(key) < index) problems.add(path, `${variable} stands here twice`)
    if (secret !== null) return { name: variable, secret }
    problems.add(path, `the environment variable ${variable} is not set: set it, or remove the provider`)
    return []
  })
}

function usualKeys(
  name: string,
  preset: Preset | undefined,
  baseUrl: string | null,
  environment: Environment,
  problems: Problems,
): readonly ProviderKey[] {
  const found = preset === undefined ? null : usualKey(preset, environment)
  if (found !== null) return [found]
  const isLocal = baseUrl !== null && isLocalUrl(baseUrl)
  if (!isLocal) {
    const variable = preset?.keyVariables[0] ?? `${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_API_KEY`
    const advice = `write ["env:${variable}"] and set that variable, or [] if "${name}" takes no key`
    problems.add(`providers.${name}.apiKeys`, `is missing: ${advice}`)
  }
  return []
}

function usualKey(preset: Preset, environment: Environment): ProviderKey | null {
  for (const name of preset.keyVariables) {
    const secret = environment.variable(name)
    if (secret !== null) return { name, secret }
  }
  return null
}

function automaticProviders(taken: ReadonlySet<string>, environment: Environment): readonly ProviderSettings[] {
  return Object.entries(PRESETS).flatMap(([name, preset]) => {
    const key = taken.has(name) ? null : usualKey(preset, environment)
    if (key === null) return []
    const api = preset.driver === 'openai' ? 'responses' : 'chat'
    const { driver, baseUrl } = preset
    return { name, driver, api, baseUrl, keys: [key], pricedAs: null, simulated: false, probeEveryMs: null } as const
  })
}
