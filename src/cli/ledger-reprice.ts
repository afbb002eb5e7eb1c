import { type Command, InvalidArgumentError } from 'commander'
import { attemptPrice } from '../catalog/attempt-price.ts'
import { createCatalog } from '../catalog/catalog.ts'
import { loadConfiguration, resolveSettings } from '../config/load.ts'
import { formatUsd } from '../core/money.ts'
import { parseModelId } from '../core/routing.ts'
import type { Database } from '../database/database.ts'
import { repriceLedger } from '../ledger/reprice/reprice-ledger.ts'
import type { PriceOf, Repriced, RepriceScope } from '../ledger/reprice/reprice-query.ts'
import { readMoment } from './moment.ts'
import { namedProject } from './named-project.ts'
import type { Shell } from './shell.ts'
import { formatTable } from './table.ts'
import { UserError } from './user-error.ts'
import { withTables } from './with-tables.ts'

interface RepriceFlags {
  readonly from: number
  readonly to?: number
  readonly model?: string
  readonly provider?: string
  readonly project?: string
  readonly onlyUnpriced?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

export function addLedgerReprice(ledger: Command, shell: Shell): void {
  ledger
    .command('reprice')
    .description('charge calls that have ended at the prices known now that held then; rollups and quotas follow')
    .requiredOption('--from <when>', 'calls that came in from then on, in UTC', readMoment)
    .option('--to <when>', 'up to then (default: now)', readMoment)
    .option('--model <model>', 'of one model: its name, or provider/model', readModel)
    .option('--provider <name>', 'of one provider')
    .option('--project <name>', 'of one project')
    .option('--only-unpriced', 'only what had no known price')
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--json', 'print JSON')
    .action(async (flags: RepriceFlags) => {
      const priceOf = await pricesOf(shell)
      const done = await withTables(shell, async (database) =>
        repriceLedger(database, {
          scope: await scopeOf(database, flags, shell.clock.now()),
          priceOf,
          clock: shell.clock,
          mode: flags.dryRun ? 'look' : 'change',
          ...(!flags.json && { onProgress: (looked: number) => shell.print(`looked at ${looked} calls\n`) }),
        }),
      )
      if (flags.json) shell.print(`${JSON.stringify(done, asText, 2)}\n`)
      else shell.print(textOf(done, flags.dryRun === true ? 'Nothing was changed: this was a dry run.\n' : ''))
    })
}

/** As a server with this configuration would price them. */
async function pricesOf(shell: Shell): Promise<PriceOf> {
  const configuration = await loadConfiguration(shell.environment())
  // Nothing is asked of the simulator here; only its models' prices count.
  const catalog = createCatalog(resolveSettings(configuration, configuration.simulator ? 'http://127.0.0.1' : null))
  return ({ provider, model, answeredModel, usage, startedAt, serviceTier }) =>
    attemptPrice(catalog, { provider, model }, answeredModel, usage, startedAt, serviceTier)
}

async function scopeOf(database: Database, flags: RepriceFlags, now: number): Promise<RepriceScope> {
  const { from, to = now } = flags
  if (from >= to) throw new UserError('--from must lie before --to.')
  const named = flags.model === undefined ? null : splitModel(flags.model)
  if (named?.provider && flags.provider && named.provider !== flags.provider) {
    throw new UserError(`--model is of ${named.provider}, --provider is ${flags.provider}.`)
  }
  return {
    from,
    to,
    model: named?.model ?? null,
    provider: named?.provider ?? flags.provider ?? null,
    projectId: flags.project === undefined ? null : await namedProject(database, flags.project),
    which: flags.onlyUnpriced ? 'unpriced' : 'all',
  }
}

function splitModel(text: string): { readonly provider: string | null; readonly model: string } {
  return parseModelId(text) ?? { provider: null, model: text }
}

function readModel(text: string): string {
  if (text.trim() !== '') return text
  throw new InvalidArgumentError('Write a model, such as gpt-5-mini or openai/gpt-5-mini.')
}

function textOf({ models, looked }: Repriced, note: string): string {
  const changed = models.filter(({ attempts }) => attempts > 0)
  const unknown = models.filter((model) => model.unknown > 0)
  const rows = changed.map(({ model, calls, before, after }) => [
    model,
    String(calls),
    formatUsd(before),
    formatUsd(after),
    formatUsd(after - before),
  ])
  const table = rows.length === 0 ? 'No price has changed.\n' : formatTable(HEADINGS, [...rows, totalsOf(changed)])
  const skipped = unknown.map(
    (model) => `No price is known of ${model.model}: ${model.unknown} attempt(s) left as they are.\n`,
  )
  return `${table}${skipped.join('')}${looked} call(s) looked at. ${note}`.trimEnd().concat('\n')
}

const HEADINGS = ['MODEL', 'CALLS', 'BEFORE', 'AFTER', 'DIFFERENCE']

function totalsOf(models: Repriced['models']): string[] {
  const before = models.reduce((sum, model) => sum + model.before, 0n)
  const after = models.reduce((sum, model) => sum + model.after, 0n)
  return ['total', '', formatUsd(before), formatUsd(after), formatUsd(after - before)]
}

function asText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? formatUsd(value) : value
}
