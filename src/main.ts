import { ensureFirstKey, importKey } from './access/api-keys.ts'
import { countTokens } from './catalog/count-tokens.ts'
import { type Environment, readEnvironment } from './config/environment.ts'
import { type Configuration, loadConfiguration, resolveSettings } from './config/load.ts'
import { ConfigurationError } from './config/problem.ts'
import { systemClock } from './core/clock.ts'
import { type Database, DatabaseUnreachable, openDatabase } from './database/database.ts'
import { migrate } from './database/migrate.ts'
import { providerFetch } from './drivers/provider-fetch.ts'
import { type Simulator, startSimulator } from './simulator/simulator.ts'
import { startSwitchyard } from './switchyard.ts'
import { createLogger } from './telemetry/logger.ts'
import { welcome } from './welcome.ts'

/** Between two words of the simulator's answers: about as fast as a model streams. */
const SIMULATED_CHUNK_MS = 20

/** How long running calls may take to end after a SIGTERM. */
const GRACE_MS = 20_000

await main().catch(explainAndExit)

async function main(): Promise<void> {
  const environment = readEnvironment()
  const configuration = await loadConfiguration(environment)
  const simulator = configuration.simulator ? await startSimulator({ chunkDelayMs: SIMULATED_CHUNK_MS }) : null
  const database = await openDatabase(configuration.settings.database)
  await migrate(database)
  await serve(environment, configuration, simulator, database)
}

async function serve(
  environment: Environment,
  configuration: Configuration,
  simulator: Simulator | null,
  database: Database,
): Promise<void> {
  const settings = resolveSettings(configuration, simulator?.url ?? null)
  const logger = createLogger({ level: environment.logLevel })
  const { fetch, close: closeFetch } = providerFetch()
  const world = { clock: systemClock, random: Math.random, fetch, logger }
  const switchyard = await startSwitchyard(settings, database, world)
  // Not before it serves: a key that a failed start made would never be shown.
  const newKey = await firstKey(database, environment)
  const { configFile } = configuration
  const { workingDirectory } = environment
  const simulated = simulator !== null
  process.stdout.write(welcome({ url: switchyard.url, settings, workingDirectory, configFile, simulated, newKey }))

  // The tokenizer takes a moment to load, better now than with the first call that needs it: one that broke off.
  void Promise.resolve(countTokens('.'))

  onSignal(async () => {
    logger.info({ graceMs: GRACE_MS }, 'stopping: no new calls; waiting for those under way')
    await switchyard.close(GRACE_MS)
    await closeFetch()
    await simulator?.close()
    await database.close()
    logger.info({}, 'stopped')
  })
}

/** The first API key, where this start makes it up; one from the environment is known to whoever set it. */
async function firstKey(database: Database, { firstApiKey }: Environment): Promise<string | null> {
  if (firstApiKey === null) return (await ensureFirstKey(database))?.secret ?? null
  await importKey(database, firstApiKey)
  return null
}

/** Stops once at the first signal; a second one ends the process at once. */
function onSignal(stop: () => Promise<void>): void {
  let stopping = false
  const handler = () => {
    if (stopping) process.exit(1)
    stopping = true
    stop().then(() => process.exit(0), explainAndExit)
  }
  process.on('SIGTERM', handler)
  process.on('SIGINT', handler)
}

/** What its user can mend is said in a sentence; anything else with where it happened. */
function explainAndExit(error: unknown): never {
  process.stderr.write(`${explanation(error)}\n`)
  process.exit(1)
}

function explanation(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof ConfigurationError || error instanceof DatabaseUnreachable) return error.message
  const cannotListen = 'syscall' in error && error.syscall === 'listen'
  if (cannotListen) return `${error.message}: set PORT (0 takes any free port) or HOST to another address`
  return error.stack ?? error.message
}
