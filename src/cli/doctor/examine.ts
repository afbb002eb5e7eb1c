import type { Environment } from '../../config/environment.ts'
import { type Configuration, loadConfiguration } from '../../config/load.ts'
import { ConfigurationError } from '../../config/problem.ts'
import type { Shell } from '../shell.ts'
import { bad, type Check, good } from './check.ts'
import { checkDatabase } from './check-database.ts'
import { checkNode } from './check-node.ts'
import { checkProviders } from './check-providers.ts'

/** Checks all that a start needs, and changes nothing. What can't be checked without what failed is left out. */
export async function examine(shell: Shell, nodeVersion: string): Promise<readonly Check[]> {
  const node = checkNode(nodeVersion)
  let environment: Environment
  let configuration: Configuration
  try {
    environment = shell.environment()
    configuration = await loadConfiguration(environment)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    return [node, ...error.problems.map(({ path, message }) => bad('Configuration', `${path}: ${message}`))]
  }
  const { settings } = configuration
  const [providers, database] = await Promise.all([
    checkProviders(settings.providers),
    checkDatabase(settings.database, shell.clock),
  ])
  return [node, ...describe(configuration), ...providers, ...database]
}

function describe({ configFile, settings, simulator }: Configuration): readonly Check[] {
  const routes = `routes: ${settings.routes.map(({ name }) => name).join(', ') || 'none'}`
  const file = good('Configuration', `${configFile ?? 'no file, the defaults hold'}; ${routes}`)
  return simulator
    ? [file, good('Simulator', 'runs with the server, as sim-openai, sim-anthropic and sim-google')]
    : [file]
}
