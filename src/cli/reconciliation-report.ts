import type { Command } from 'commander'
import { formatUsd } from '../core/money.ts'
import type { Reconciliation, ReconciliationRow } from '../core/reconciliation.ts'
import { readReconciliation } from '../ledger/reconciliation/read-reconciliation.ts'
import { readMoment } from './moment.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { withDatabase } from './with-database.ts'

interface ReportFlags {
  readonly from: number
  readonly to?: number
  readonly provider?: readonly string[]
  readonly json?: boolean
}

/** The same as the query `reconciliation`. */
export function addReconciliationReport(reconcile: Command, shell: Shell): void {
  reconcile
    .command('report')
    .description('theirs, ours and the difference, by provider, day and model')
    .requiredOption('--from <date>', 'the first day, in UTC', readMoment)
    .option('--to <date>', 'the day behind the last (default: now)', readMoment)
    .option('--provider <names...>', 'only these')
    .option('--json', 'print JSON')
    .action(async ({ from, to, provider, json }: ReportFlags) => {
      const range = { from, to: to ?? shell.clock.now() }
      const found = await withDatabase(shell, (database) =>
        readReconciliation(database, { range, providers: provider ?? [] }),
      )
      shell.print(json ? `${JSON.stringify(found, asText, 2)}\n` : tableOf(found))
    })
}

function tableOf({ rows, total }: Reconciliation): string {
  if (rows.length === 0) return 'Neither reports nor attempts are there for these days.\n'
  const headings = ['PROVIDER', 'DAY', 'MODEL', 'THEIRS', 'OURS', 'DIFFERENCE', 'UNEXPLAINED']
  const sums = [total.theirs, total.ours, total.difference, total.unexplained].map(formatUsd)
  const table = formatTable(headings, [...rows.map(cellsOf), ['total', '', '', ...sums]])
  return `${table}Without a report: $${formatUsd(total.uncovered)} of ours\n`
}

function cellsOf({ provider, day, model, theirs, ours, difference, unexplained }: ReconciliationRow): string[] {
  const shown = (amount: bigint | null | undefined) => (amount == null ? '?' : formatUsd(amount))
  const date = new Date(day).toISOString().slice(0, 10)
  return [provider, date, model ?? '-', shown(theirs?.cost), shown(ours.cost), shown(difference), shown(unexplained)]
}

/** Amounts as dollars in text, days as dates. */
function asText(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return formatUsd(value)
  return key === 'day' && typeof value === 'number' ? new Date(value).toISOString().slice(0, 10) : value
}
