import { createProgram } from './cli/program.ts'
import type { Shell } from './cli/shell.ts'
import { UserError } from './cli/user-error.ts'
import { readEnvironment } from './config/environment.ts'
import { ConfigurationError } from './config/problem.ts'
import { systemClock } from './core/clock.ts'
import { DatabaseUnreachable } from './database/database.ts'

const shell: Shell = {
  environment: () => readEnvironment(),
  clock: systemClock,
  print: (text) => void process.stdout.write(text),
  fail() {
    process.exitCode = 1
  },
}

await createProgram(shell).parseAsync().catch(explain)

/** What whoever runs it can mend is said in a sentence; anything else with where it happened. */
function explain(error: unknown): void {
  const known =
    error instanceof UserError || error instanceof ConfigurationError || error instanceof DatabaseUnreachable
  const text = known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}
