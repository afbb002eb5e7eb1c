import type postgres from 'postgres'
import type { Clock } from '../core/clock.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import type { Database } from '../database/database.ts'
import { failureOf } from '../database/failure.ts'
import { bounded } from '../database/patience.ts'
import { transaction } from '../database/transaction.ts'

const LONGEST_WAIT_MS = 5_000

/**
 * Carries out a change in one transaction. Not repeated where its commit is unknown: it would be done twice.
 * @throws LedgerUnavailable where the database is away
 */
export async function changing<T>(
  database: Database,
  clock: Clock,
  work: (tx: postgres.TransactionSql) => Promise<T>,
): Promise<T> {
  try {
    return await bounded(clock, LONGEST_WAIT_MS, transaction(database.sql, work))
  } catch (error) {
    if (failureOf(error) !== 'away') throw error
    throw new LedgerUnavailable('The database is away', { cause: error })
  }
}
