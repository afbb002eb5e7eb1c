import type { Command } from 'commander'
import { migrate } from '../database/migrate.ts'
import type { Shell } from './shell.ts'
import { withDatabase } from './with-database.ts'

export function addMigrateCommand(program: Command, shell: Shell): void {
  program
    .command('migrate')
    .description("bring the database's tables up to date; a start does the same")
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const applied = await withDatabase(shell, (database) => migrate(database, shell.clock))
      if (json) shell.print(`${JSON.stringify({ applied })}\n`)
      else shell.print(applied === 0 ? 'The tables are up to date.\n' : `Applied ${applied} migration(s).\n`)
    })
}
