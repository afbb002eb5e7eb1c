import type { Database } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import type { Shell } from './shell.ts'
import { withDatabase } from './with-database.ts'

/** The same as `withDatabase`, with the tables up to date. */
export function withTables<T>(shell: Shell, task: (database: Database) => Promise<T>): Promise<T> {
  return withDatabase(shell, async (database) => {
    await migrate(database, shell.clock)
    return task(database)
  })
}
