import type { Command } from 'commander'
import { checkLedger, type LedgerReport } from '../ledger/check/check-ledger.ts'
import { CHECKS } from '../ledger/check/violation.ts'
import { MENDED, repairLedger } from '../ledger/repair/repair-ledger.ts'
import { addLedgerReprice } from './ledger-reprice.ts'
import { readMoment } from './moment.ts'
import type { Shell } from './shell.ts'
import { withTables } from './with-tables.ts'

interface SpanFlags {
  readonly from?: number
  readonly to?: number
  readonly json?: boolean
}

export function addLedgerCommand(program: Command, shell: Shell): void {
  const ledger = program.command('ledger').description('check, mend and reprice the ledger, also while servers run')
  addCheck(ledger, shell)
  addRepair(ledger, shell)
  addLedgerReprice(ledger, shell)
}

function addCheck(ledger: Command, shell: Shell): void {
  ledger
    .command('check')
    .description('hold the ledger against itself: calls, attempts, rollups and quotas; changes nothing')
    .option('--from <when>', 'from which month on (default: the first)', readMoment)
    .option('--to <when>', 'up to which month (default: the last)', readMoment)
    .option('--json', 'print JSON')
    .action(async ({ from, to, json }: SpanFlags) => {
      const report = await withTables(shell, (database) =>
        checkLedger(database, {
          from: from ?? null,
          to: to ?? null,
          now: shell.clock.now(),
          ...(!json && { onProgress: (part: string) => shell.print(`checked ${part}\n`) }),
        }),
      )
      shell.print(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report))
      if (!report.sound) shell.fail()
    })
}

function addRepair(ledger: Command, shell: Shell): void {
  ledger
    .command('repair')
    .description(
      'make anew what is made of other rows: sums of calls, rollups, quota windows; written to the audit log',
    )
    .option('--apply', 'change the ledger; without it this is the check, and says what would be mended')
    .option('--from <when>', 'from which month on (default: the first)', readMoment)
    .option('--to <when>', 'up to which month (default: the last)', readMoment)
    .option('--json', 'print JSON')
    .action(async ({ apply, from = null, to = null, json }: RepairFlags) => {
      if (!apply) return await preview(shell, { from, to, json: json === true })
      const onProgress = json ? () => {} : (what: string) => shell.print(`mended ${what}\n`)
      const { before, after } = await withTables(shell, (database) =>
        repairLedger(database, { from, to, clock: shell.clock, onProgress }),
      )
      shell.print(json ? `${JSON.stringify({ before, after }, null, 2)}\n` : textOf(after))
      if (!after.sound) shell.fail()
    })
}

interface RepairFlags {
  readonly apply?: boolean
  readonly from?: number | null
  readonly to?: number | null
  readonly json?: boolean
}

interface Preview {
  readonly from: number | null
  readonly to: number | null
  readonly json: boolean
}

async function preview(shell: Shell, { from, to, json }: Preview): Promise<void> {
  const report = await withTables(shell, (database) => checkLedger(database, { from, to, now: shell.clock.now() }))
  if (json) shell.print(`${JSON.stringify(report, null, 2)}\n`)
  else shell.print(`${textOf(report)}${report.sound ? '' : 'Nothing was changed: --apply mends what can be.\n'}`)
  if (!report.sound) shell.fail()
}

function textOf({ results, months, dropped, sound }: LedgerReport): string {
  const lines = results.flatMap(({ check, violations, examples }) => {
    if (violations === 0) return [`✓ ${CHECKS[check]}`]
    const how = MENDED[check] ? '`ledger repair --apply` mends it' : 'not mended by itself'
    return [
      `✗ ${CHECKS[check]}: ${violations} wrong (${how})`,
      ...examples.map(
        ({ place, key, field, expected, found }) =>
          `    ${place} ${key}: ${field} is ${shown(found)}, must be ${shown(expected)}`,
      ),
    ]
  })
  const span = months.length === 0 ? 'no months' : `${months[0]} to ${months.at(-1)}`
  const gone = dropped.length === 0 ? '' : `; calls dropped by retention, not checked: ${dropped.join(', ')}`
  return `${lines.join('\n')}\n${sound ? 'The ledger adds up' : 'The ledger does not add up'} (${span}${gone}).\n`
}

/** Sketches are long: `--json` has all of them. */
const LONGEST_VALUE = 100

function shown(value: string | null): string {
  if (value === null) return 'nothing'
  return value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`
}
