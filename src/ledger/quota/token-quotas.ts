import type { Clock } from '../../core/clock.ts'
import type { Database } from '../../database/database.ts'
import { patiently } from '../../database/patience.ts'
import { definitionOf, QUOTA_COLUMNS, type QuotaColumns, type QuotaDefinition } from './quota-row.ts'

const MOST_TOKENS = 20_000

type Found = readonly QuotaDefinition[]

/**
 * The quotas of browser tokens, looked up once for each token: they are written before the token is handed out, and
 * never change.
 */
export function tokenQuotas(
  database: Database,
  clock: Clock,
  waitMs: number,
): (projectId: string, tokenId: string) => Found | Promise<Found> {
  const known = new Map<string, Found>()
  const reads = new Map<string, Promise<Found>>()

  async function lookUp(projectId: string, tokenId: string): Promise<Found> {
    const rows = await patiently(clock, waitMs, () =>
      database.sql.unsafe<QuotaColumns[]>(
        `select ${QUOTA_COLUMNS} from quota
         where project_id = $1::uuid and scope_type = 'browserToken' and scope_key = '' and scope_value = $2`,
        [projectId, tokenId],
        { prepare: true },
      ),
    )
    if (known.size >= MOST_TOKENS) known.clear()
    const found = rows.map(definitionOf)
    known.set(tokenId, found)
    return found
  }

  return (projectId, tokenId) => {
    const found = known.get(tokenId)
    if (found) return found
    const running = reads.get(tokenId)
    if (running) return running
    const reading = lookUp(projectId, tokenId).finally(() => reads.delete(tokenId))
    reads.set(tokenId, reading)
    return reading
  }
}
