import type { Command } from 'commander'
import { examine } from './doctor/examine.ts'
import type { Shell } from './shell.ts'

export function addDoctorCommand(program: Command, shell: Shell): void {
  program
    .command('doctor')
    .description('check all that a start needs: Node, configuration, keys, providers, database; changes nothing')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const checks = await examine(shell, process.versions.node)
      if (json) shell.print(`${JSON.stringify(checks, null, 2)}\n`)
      else for (const { ok, name, detail } of checks) shell.print(`${ok ? '✓' : '✗'} ${name}: ${detail}\n`)
      if (checks.some(({ ok }) => !ok)) shell.fail()
    })
}
