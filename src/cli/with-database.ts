import { loadConfiguration } from '../config/load.ts'
import { type Database, openDatabase } from '../database/database.ts'
import type { Shell } from './shell.ts'

/**
 * Runs a task on the configured database, also while a server runs on it, and closes it.
 * @throws ConfigurationError
 * @throws DatabaseUnreachable
 */
export async function withDatabase<T>(shell: Shell, task: (database: Database) => Promise<T>): Promise<T> {
  const { settings } = await loadConfiguration(shell.environment())
  const database = await openDatabase(settings.database)
  try {
    return await task(database)
  } finally {
    await database.close()
  }
}
