import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import { forgetQuotas } from '../quota/quota-forgetting.ts'
import { abandonExpired } from './abandonment.ts'
import { forgetExpiredKeys } from './idempotency-claim.ts'

/**
 * Settles calls whose lease ran out and forgets idempotency keys and quotas whose time is over. Safe on many replicas at once.
 * @returns how many calls were settled
 */
export async function sweepLedger(
  database: Database,
  clock: Clock,
  { now, waitMs }: { readonly now: number; readonly waitMs: number },
): Promise<number> {
  let total = 0
  while (true) {
    const { count, more } = await patiently(clock, waitMs, () => abandonExpired(database.sql, now))
    total += count
    if (!more) break
  }
  await patiently(clock, waitMs, () => forgetExpiredKeys(database, now))
  await patiently(clock, waitMs, () => forgetQuotas(database, now))
  return total
}
