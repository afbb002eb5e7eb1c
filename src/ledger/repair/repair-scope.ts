import type postgres from 'postgres'
import type { Change } from '../../core/audit.ts'
import type { Clock } from '../../core/clock.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { monthsOfLedger } from '../check/months.ts'

/** What a repair works on. */
export interface RepairScope {
  readonly database: Database
  readonly clock: Clock
  /** Null sets no bound. */
  readonly from: number | null
  readonly to: number | null
}

/** The spans in which calls are kept: month by month, as bound to a `timestamptz`. */
export async function spansOf({ database, from, to }: RepairScope): Promise<{ from: string; to: string }[]> {
  const { months } = await monthsOfLedger(database.sql, from, to)
  return months.filter(({ dropped }) => !dropped).map((month) => ({ from: month.from, to: month.to }))
}

/** From when on all calls are kept, as bound to a `timestamptz`. */
export async function keptSinceOf({ database }: RepairScope): Promise<string> {
  return timestamp((await monthsOfLedger(database.sql, null, null)).keptSince)
}

/** Writes down what a repair changed, in the transaction that does it. */
export async function noteRepair(
  tx: postgres.TransactionSql,
  clock: Clock,
  subject: string,
  changes: readonly Change[],
): Promise<void> {
  await appendAudit(tx, clock, {
    action: 'REPAIR_LEDGER',
    subject,
    projectId: null,
    apiKeyId: null,
    changes,
    comment: null,
  })
}
