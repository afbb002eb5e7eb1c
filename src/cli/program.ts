import { Command } from 'commander'
import { addDoctorCommand } from './doctor-command.ts'
import { addKeyCommand } from './key-command.ts'
import { addMigrateCommand } from './migrate-command.ts'
import type { Shell } from './shell.ts'

/** The command line. Each command says with --help what it takes. */
export function createProgram(shell: Shell): Command {
  const program = new Command('switchyard')
    .description('Administers a Switchyard server over its database, also while it runs.')
    .showHelpAfterError('(--help says more)')
  addKeyCommand(program, shell)
  addMigrateCommand(program, shell)
  addDoctorCommand(program, shell)
  return program
}
