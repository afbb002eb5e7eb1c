import { expect } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { checkLedger } from '../../src/ledger/check/check-ledger.ts'
import type { CheckName } from '../../src/ledger/check/violation.ts'

/** Fails where the ledger does not add up, and says where. For the end of every test that wrote much. */
export async function expectSoundLedger(database: Database, checks?: readonly CheckName[]): Promise<void> {
  const { results } = await checkLedger(database, { now: Date.now(), ...(checks && { checks }) })
  expect(results.filter(({ violations }) => violations > 0)).toEqual([])
}
