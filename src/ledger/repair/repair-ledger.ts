import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import { checkLedger, type LedgerReport } from '../check/check-ledger.ts'
import type { CheckName } from '../check/violation.ts'
import { sweepLedger } from '../settlement/sweep.ts'
import { repairCalls } from './repair-calls.ts'
import { removeOrphanWindows, repairCharges, repairQuotas } from './repair-quotas.ts'
import { repairCompacted, repairHourly } from './repair-rollups.ts'

export interface RepairOptions {
  /** When the calls came in, in milliseconds since 1970, widened to whole months; null sets no bound. */
  readonly from: number | null
  readonly to: number | null
  readonly clock: Clock
  /** Told of what is mended as it is. */
  readonly onProgress?: (what: string) => void
}

/** How the ledger was, and how it is. */
export interface Repair {
  readonly before: LedgerReport
  readonly after: LedgerReport
}

/** What of a check's findings is mended by making it anew from what it is made of. The others need a decision of people. */
export const MENDED = {
  ROLLUPS: true,
  ATTEMPT_SUMS: true,
  COMPONENTS: false,
  PRICES: false,
  QUOTA_USED: true,
  QUOTA_RESERVED: true,
  RESERVATIONS: true,
  ORPHANS: false,
  LEASES: true,
  PARTITIONS: false,
} as const satisfies Record<CheckName, boolean>

const LONGEST_MS = 600_000

/**
 * Makes anew what is made of other rows: calls from their attempts, rollups from the calls that are kept, quota windows
 * from charges and reservations. Each part is a transaction that locks what it mends, so servers may go on; each writes down
 * in the audit log what it changed. What was made of calls that retention has dropped stays as it is.
 */
export async function repairLedger(database: Database, options: RepairOptions): Promise<Repair> {
  const { clock, from, to, onProgress = () => {} } = options
  const check = () => checkLedger(database, { from, to, now: clock.now() })
  const before = await check()
  const wrong = new Set(before.results.filter(({ violations }) => violations > 0).map((result) => result.check))
  const mend = async (checks: readonly CheckName[], what: string, work: () => Promise<number>) => {
    if (!checks.some((name) => wrong.has(name))) return
    const count = await patiently(clock, LONGEST_MS, work)
    onProgress(`${what}: ${count}`)
  }
  const scope = { database, clock, from, to }
  await mend(['LEASES'], 'calls settled whose process died', () =>
    sweepLedger(database, clock, { now: clock.now(), waitMs: LONGEST_MS }),
  )
  await mend(['RESERVATIONS', 'ATTEMPT_SUMS'], 'calls', () => repairCalls(scope))
  await mend(['QUOTA_USED', 'ATTEMPT_SUMS'], 'charges', () => repairCharges(scope))
  await mend(['ROLLUPS'], 'hours', () => repairHourly(scope))
  await mend(['ROLLUPS'], 'days summed up anew', () => repairCompacted(scope))
  await mend(['ORPHANS'], 'windows of quotas that are gone', () => removeOrphanWindows(scope))
  await mend(['QUOTA_USED', 'QUOTA_RESERVED', 'ATTEMPT_SUMS'], 'quota windows', () => repairQuotas(scope))
  return { before, after: wrong.size === 0 ? before : await check() }
}
