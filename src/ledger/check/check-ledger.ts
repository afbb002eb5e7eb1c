import type postgres from 'postgres'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { attemptSumChecks, componentChecks, priceChecks } from './call-checks.ts'
import { type CheckParameters, counted } from './check-sql.ts'
import { type Month, monthsOfLedger } from './months.ts'
import { leaseChecks, orphanChecks, orphanWindowChecks, partitionChecks } from './orphan-checks.ts'
import { chargeChecks, quotaReservedChecks, quotaUsedChecks, reservationChecks } from './quota-checks.ts'
import { rollupChecks } from './rollup-checks.ts'
import { CHECKS, type CheckName, type CheckResult, type Violation } from './violation.ts'

export interface LedgerCheckOptions {
  /** From and to when calls are looked at, in milliseconds since 1970, widened to whole months; null sets no bound. */
  readonly from?: number | null
  readonly to?: number | null
  /** Milliseconds since 1970. */
  readonly now: number
  /** Which checks are made; all unless told. */
  readonly checks?: readonly CheckName[]
  /** How many examples are kept of what each check finds; 10 unless told. */
  readonly examples?: number
  /** Told of every part that is done: a month as `2025-06`, or `quotas`. */
  readonly onProgress?: (part: string) => void
}

export interface LedgerReport {
  readonly sound: boolean
  readonly results: readonly CheckResult[]
  /** The months that were looked at, as `2025-06`. */
  readonly months: readonly string[]
  /** Those of them whose calls retention has dropped: nothing is left that their rollups could be held against. */
  readonly dropped: readonly string[]
}

type Queries = Readonly<Partial<Record<CheckName, () => string[]>>>

/** What concerns a month by itself. */
const BY_MONTH: Queries = {
  ROLLUPS: rollupChecks,
  ATTEMPT_SUMS: attemptSumChecks,
  COMPONENTS: componentChecks,
  PRICES: priceChecks,
  QUOTA_USED: chargeChecks,
  RESERVATIONS: reservationChecks,
  ORPHANS: orphanChecks,
  LEASES: leaseChecks,
  PARTITIONS: partitionChecks,
}

/** A window may reach over months, so quotas are held against all calls, whatever the range. */
const AT_ONCE: Queries = {
  QUOTA_USED: quotaUsedChecks,
  QUOTA_RESERVED: quotaReservedChecks,
  ORPHANS: orphanWindowChecks,
}

/**
 * Holds the ledger against itself, while it is written to: each part (a month; the quotas) is seen at one moment of its
 * own, in a transaction that reads only. All comparing is the database's, so the memory needed here does not grow with
 * the ledger.
 */
export async function checkLedger(database: Database, options: LedgerCheckOptions): Promise<LedgerReport> {
  const { now, examples = 10, onProgress = () => {} } = options
  const wanted = new Set(options.checks ?? (Object.keys(CHECKS) as CheckName[]))
  const { months, keptSince } = await monthsOfLedger(database.sql, options.from ?? null, options.to ?? null)
  const found = new Map<CheckName, CheckResult>()
  const look = async (queries: Queries, month: Month) => {
    const parameters = [month.from, month.to, timestamp(now), timestamp(keptSince), examples] as const
    for (const result of await resultsOf(database.sql, queries, wanted, parameters)) add(found, result, examples)
  }
  const kept = months.filter((month) => !month.dropped)
  for (const month of kept) {
    await look(BY_MONTH, month)
    onProgress(month.name)
  }
  await look(AT_ONCE, { name: 'quotas', from: timestamp(0), to: timestamp(now), dropped: false })
  onProgress('quotas')
  const results = [...wanted].map((check) => found.get(check) ?? { check, violations: 0, examples: [] })
  return {
    sound: results.every(({ violations }) => violations === 0),
    results,
    months: months.map(({ name }) => name),
    dropped: months.filter((month) => month.dropped).map(({ name }) => name),
  }
}

async function resultsOf(
  sql: postgres.Sql,
  queries: Queries,
  wanted: ReadonlySet<CheckName>,
  parameters: CheckParameters,
): Promise<CheckResult[]> {
  return await transaction(sql, async (tx) => {
    await tx`set transaction isolation level repeatable read, read only`
    const results: CheckResult[] = []
    for (const [name, make] of Object.entries(queries)) {
      const check = name as CheckName
      if (wanted.has(check)) results.push(await resultOf(tx, check, make(), parameters))
    }
    return results
  })
}

async function resultOf(
  tx: postgres.TransactionSql,
  check: CheckName,
  queries: readonly string[],
  parameters: CheckParameters,
): Promise<CheckResult> {
  const rows = await tx.unsafe<(Violation & { readonly violations: string })[]>(counted(queries), [...parameters])
  return {
    check,
    violations: Number(rows[0]?.violations ?? 0),
    examples: rows.map(({ place, key, field, expected, found }) => ({ place, key, field, expected, found })),
  }
}

function add(found: Map<CheckName, CheckResult>, result: CheckResult, most: number): void {
  const before = found.get(result.check)
  found.set(result.check, {
    check: result.check,
    violations: (before?.violations ?? 0) + result.violations,
    examples: [...(before?.examples ?? []), ...result.examples].slice(0, most),
  })
}
