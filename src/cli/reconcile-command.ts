import { readFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { loadConfiguration } from '../config/load.ts'
import { formatUsd } from '../core/money.ts'
import { REPORT_FORMATS, type ReportFormat } from '../core/reconciliation.ts'
import { providerFetch } from '../drivers/provider-fetch.ts'
import { fetchReports } from '../ledger/reconciliation/fetch-reports.ts'
import { type Imported, importReport } from '../ledger/reconciliation/import-report.ts'
import { readReport } from '../ledger/reconciliation/read-report.ts'
import { ReportError } from '../ledger/reconciliation/report-error.ts'
import { readMoment } from './moment.ts'
import { addReconciliationReport } from './reconciliation-report.ts'
import type { Shell } from './shell.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

export function addReconcileCommand(program: Command, shell: Shell): void {
  const reconcile = program
    .command('reconcile')
    .description("providers' own reports of cost and usage, and how they differ from the ledger")
  addImport(reconcile, shell)
  addFetch(reconcile, shell)
  addReconciliationReport(reconcile, shell)
}

interface ImportFlags {
  readonly format: ReportFormat
  readonly file: string
  readonly json?: boolean
}

function addImport(reconcile: Command, shell: Shell): void {
  reconcile
    .command('import')
    .description("take in a provider's report; what a report of the same format said of the same days is replaced")
    .argument('<provider>', 'by its configured name')
    .addOption(new Option('--format <format>', 'what the file holds').choices(REPORT_FORMATS).makeOptionMandatory())
    .requiredOption(
      '--file <path>',
      'a page of the report as the provider answered, a JSON list of pages, or a CSV table',
    )
    .option('--json', 'print JSON')
    .action(async (provider: string, { format, file, json }: ImportFlags) => {
      const text = await readFile(file, 'utf8').catch((error: Error) => {
        throw new UserError(`The file can not be read: ${error.message}`)
      })
      const rows = await explained(() => readReport(format, text))
      const done = await withTables(shell, (database) =>
        importReport(database, shell.clock, { provider, format, rows }),
      )
      tell(shell, json, provider, [{ format, done }])
    })
}

interface FetchFlags {
  readonly from: number
  readonly to?: number
  readonly json?: boolean
}

const DAY_MS = 86_400_000

function addFetch(reconcile: Command, shell: Shell): void {
  reconcile
    .command('fetch')
    .description(
      'ask a provider for its reports, with the admin key that is configured as its adminKey, and take them in',
    )
    .argument('<provider>', 'by its configured name: one of OpenAI, Anthropic or OpenRouter')
    .requiredOption('--from <date>', 'the first day, in UTC', readMoment)
    .option('--to <date>', 'the day behind the last (default: today, which is not over)', readMoment)
    .option('--json', 'print JSON')
    .action(async (name: string, { from, to, json }: FetchFlags) => {
      const { settings } = await loadConfiguration(shell.environment())
      const provider = settings.providers.find((each) => each.name === name)
      if (!provider) throw new UserError(`No provider "${name}" is configured.`)
      const today = Math.floor(shell.clock.now() / DAY_MS) * DAY_MS
      const range = { from: Math.floor(from / DAY_MS) * DAY_MS, to: Math.min(to ?? today, today) }
      if (range.from >= range.to) throw new UserError('--from must lie before --to, and before today.')
      const { fetch, close } = providerFetch()
      try {
        const reports = await explained(() => fetchReports(fetch, provider, range))
        const read = await explained(() =>
          reports.map(({ format, text }) => ({ format, rows: readReport(format, text) })),
        )
        const done = await withTables(shell, async (database) => {
          const each: { format: ReportFormat; done: Imported }[] = []
          for (const { format, rows } of read) {
            each.push({ format, done: await importReport(database, shell.clock, { provider: name, format, rows }) })
          }
          return each
        })
        tell(shell, json, name, done)
      } finally {
        await close()
      }
    })
}

/** What is wrong with a report is for whoever runs the command to mend. */
async function explained<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ReportError ? new UserError(`${error.message}.`) : error
  }
}

function tell(
  shell: Shell,
  json: boolean | undefined,
  provider: string,
  imports: readonly { readonly format: ReportFormat; readonly done: Imported }[],
): void {
  if (json)
    shell.print(
      `${JSON.stringify(
        imports.map(({ format, done }) => asJson(provider, format, done)),
        null,
        2,
      )}\n`,
    )
  else for (const { format, done } of imports) shell.print(asLine(provider, format, done))
}

function asJson(provider: string, format: ReportFormat, { cost, ...done }: Imported) {
  return { provider, format, ...done, costUsd: cost === null ? null : formatUsd(cost) }
}

function asLine(provider: string, format: ReportFormat, { rows, replaced, days, cost }: Imported): string {
  const span = days ? `${days.first} to ${days.last}` : 'no days'
  const amount = cost === null ? '' : `, $${formatUsd(cost)}`
  const before = replaced > 0 ? `, in place of ${replaced}` : ''
  return `${provider} ${format}: ${rows} row(s) of ${span}${amount}${before}\n`
}
