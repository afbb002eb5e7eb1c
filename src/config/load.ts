import { isJsonObject } from '../core/json.ts'
import type { RouteSettings, Settings } from '../core/settings.ts'
import { checkNesting } from './check-targets.ts'
import { readConfigFile } from './config-file.ts'
import { defaultRoutes } from './default-routes.ts'
import type { Environment } from './environment.ts'
import { ConfigurationError, collectProblems, type Problems } from './problem.ts'
import { readSection } from './read-section.ts'
import { resolveModels } from './resolve-models.ts'
import { resolveProviders } from './resolve-providers.ts'
import { resolveRetention } from './resolve-retention.ts'
import { mergeRules, resolveRoutes, STANDARD_RULES } from './resolve-routes.ts'
import { resolveDatabase, resolveServer, resolveSpoolDirectory } from './resolve-server.ts'
import { resolveWebhooks } from './resolve-webhooks.ts'
import { entriesSchema, outerSchema, simulatorSchema } from './schema/config.ts'
import { rulesSchema } from './schema/route.ts'
import { SIMULATED_NAMES, simulatedProviders } from './simulated-providers.ts'

/** The configuration, checked; complete but for where the simulator is. */
export interface Configuration {
  readonly settings: Settings
  /** Whether the simulator must run, and its providers be added by `resolveSettings`. */
  readonly simulator: boolean
  /** The file that was read; null where there is none. */
  readonly configFile: string | null
}

/**
 * Reads the configuration file and what the environment adds to it.
 * @throws ConfigurationError telling all that is wrong
 */
export async function loadConfiguration(environment: Environment): Promise<Configuration> {
  const file = await readConfigFile(environment)
  const problems = collectProblems()
  const content = file === null ? {} : file.content
  readSection(outerSchema, content, '', problems)
  const configuration = readConfiguration(isJsonObject(content) ? content : {}, environment, problems)
  if (problems.list().length > 0) throw new ConfigurationError(problems.list(), file?.path ?? null)
  return { ...configuration, configFile: file?.path ?? null }
}

/**
 * The settings with the simulator's providers where it runs.
 * @param simulatorUrl null where it does not run
 */
export function resolveSettings({ settings }: Configuration, simulatorUrl: string | null): Settings {
  if (simulatorUrl === null) return settings
  return { ...settings, providers: [...settings.providers, ...simulatedProviders(simulatorUrl)] }
}

function readConfiguration(
  content: Readonly<Record<string, unknown>>,
  environment: Environment,
  problems: Problems,
): Omit<Configuration, 'configFile'> {
  const entries = (key: 'providers' | 'models' | 'routes') =>
    readSection(entriesSchema(key), content[key], key, problems) ?? {}
  const declared = entries('providers')
  const providers = resolveProviders(declared, environment, problems)
  const mode = readSection(simulatorSchema, content.simulator, 'simulator', problems) ?? 'auto'
  const simulator = needsSimulator(mode, Object.keys(declared).length + providers.length, problems)
  const names = [
    ...new Set([...Object.keys(declared), ...providers.map(({ name }) => name)]),
    ...(simulator ? SIMULATED_NAMES : []),
  ]
  const rules = readSection(rulesSchema.optional(), content.defaults, 'defaults', problems)
  const defaults = mergeRules(STANDARD_RULES, rules ?? {})
  const standard = defaultRoutes(names, defaults)
  const declaredRoutes = entries('routes')
  const routeNames = [...Object.keys(declaredRoutes), ...standard.map(({ name }) => name)]
  const nameable = { providers: names, routes: routeNames }
  const routes = withDefaults(resolveRoutes(declaredRoutes, defaults, nameable, problems), standard)
  checkNesting(routes, problems)
  const settings: Settings = {
    server: resolveServer(content.server, environment, problems),
    database: resolveDatabase(content.database, environment, problems),
    retention: resolveRetention(content.retention, problems),
    webhooks: resolveWebhooks(content.webhooks, environment, problems),
    spoolDirectory: resolveSpoolDirectory(content.database, environment),
    tokenSecret: environment.tokenSecret,
    providers,
    models: resolveModels(entries('models'), names, problems),
    routes,
    defaults,
  }
  return { settings, simulator }
}

function needsSimulator(mode: 'auto' | 'always' | 'never', providers: number, problems: Problems): boolean {
  if (mode === 'never' && providers === 0) {
    problems.add('providers', 'declare one, set a key such as OPENAI_API_KEY, or allow the simulator')
  }
  return mode === 'always' || (mode === 'auto' && providers === 0)
}

function withDefaults(
  declared: readonly RouteSettings[],
  standard: readonly RouteSettings[],
): readonly RouteSettings[] {
  const names = new Set(declared.map(({ name }) => name))
  return [...declared, ...standard.filter(({ name }) => !names.has(name))]
}
