import type postgres from 'postgres'
import type { Clock } from '../../core/clock.ts'
import { formatUsd } from '../../core/money.ts'
import type { ReportFormat, ReportRow } from '../../core/reconciliation.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { LOCKS } from '../../database/locks.ts'
import { bind, type Column, textArray, timestamp, unnest } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'

export interface ReportImport {
  /** By its configured name. */
  readonly provider: string
  readonly format: ReportFormat
  /** One row for each day and model. */
  readonly rows: readonly ReportRow[]
}

/** What an import did. */
export interface Imported {
  readonly rows: number
  readonly replaced: number
  /** The first and the last day; null where the report is empty. */
  readonly days: { readonly first: string; readonly last: string } | null
  /** In picodollars; null where the report has no amounts. */
  readonly cost: bigint | null
}

const ROWS: readonly Column<ReportRow>[] = [
  { name: 'day', type: 'date', of: ({ day }) => day },
  { name: 'model', type: 'text', of: ({ model }) => model },
  { name: 'cost', type: 'numeric', of: ({ cost }) => cost },
  { name: 'input_tokens', type: 'int8', of: ({ inputTokens }) => inputTokens },
  { name: 'output_tokens', type: 'int8', of: ({ outputTokens }) => outputTokens },
  { name: 'requests', type: 'int8', of: ({ requests }) => requests },
]

/** Takes a report in. What a report of the same format said of its days is replaced, so that one taken in twice counts once. */
export async function importReport(
  database: Database,
  clock: Clock,
  { provider, format, rows }: ReportImport,
): Promise<Imported> {
  const days = [...new Set(rows.map(({ day }) => day))].sort()
  const [first, last] = [days[0], days.at(-1)]
  const cost = costOf(rows)
  return await transaction(database.sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCKS.reports}::bigint)`
    const before = await removeDays(tx, provider, format, days)
    await tx.unsafe(
      `insert into provider_cost
         (provider, source, imported_at, day, model, cost, input_tokens, output_tokens, requests)
       select $1::text, $2::text, $3::timestamptz, day, model, cost, input_tokens, output_tokens, requests
       from ${unnest(ROWS, 'said', 4)}`,
      [provider, format, timestamp(clock.now()), ...bind(ROWS, rows)],
    )
    const done = { rows: rows.length, replaced: before.length, days: first && last ? { first, last } : null, cost }
    await appendAudit(tx, clock, {
      action: 'IMPORT_PROVIDER_REPORT',
      subject: `provider/${provider}`,
      projectId: null,
      apiKeyId: null,
      changes: [
        { path: `${format}.days`, before: null, after: done.days && `${done.days.first}..${done.days.last}` },
        { path: `${format}.rows`, before: before.length, after: rows.length },
        { path: `${format}.costUsd`, before: shown(costOf(before)), after: shown(cost) },
      ],
      comment: null,
    })
    return done
  })
}

async function removeDays(
  tx: postgres.TransactionSql,
  provider: string,
  format: ReportFormat,
  days: readonly string[],
): Promise<{ readonly cost: bigint | null }[]> {
  const rows = await tx.unsafe<{ cost: string | null }[]>(
    `delete from provider_cost where provider = $1::text and source = $2::text and day = any($3::date[]) returning cost`,
    [provider, format, textArray(days)],
  )
  return rows.map(({ cost }) => ({ cost: cost === null ? null : BigInt(cost) }))
}

function costOf(rows: readonly { readonly cost: bigint | null }[]): bigint | null {
  const costs = rows.flatMap(({ cost }) => (cost === null ? [] : [cost]))
  return costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0n)
}

function shown(cost: bigint | null): string | null {
  return cost === null ? null : formatUsd(cost)
}
