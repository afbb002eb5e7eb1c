import { Command } from 'commander'
import { addDoctorCommand } from './doctor-command.ts'
import { addKeyCommand } from './key-command.ts'
import { addLedgerCommand } from './ledger-command.ts'
import { addMigrateCommand } from './migrate-command.ts'
import { addPayloadCommand } from './payload-command.ts'
import { addProjectCommand } from './project-command.ts'
import { addQuotaCommand } from './quota-command.ts'
import { addReconcileCommand } from './reconcile-command.ts'
import type { Shell } from './shell.ts'

/** The command line. Each command says with --help what it takes. */
export function createProgram(shell: Shell): Command {
  const program = new Command('switchyard')
    .description('Administers a Switchyard server over its database, also while it runs.')
    .showHelpAfterError('(--help says more)')
  addKeyCommand(program, shell)
  addProjectCommand(program, shell)
  addQuotaCommand(program, shell)
  addMigrateCommand(program, shell)
  addPayloadCommand(program, shell)
  addDoctorCommand(program, shell)
  addLedgerCommand(program, shell)
  addReconcileCommand(program, shell)
  return program
}
