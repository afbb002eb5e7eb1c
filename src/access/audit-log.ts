import type { AuditAction, AuditEntry, AuditLog, AuditPage, AuditQuery, Change } from '../core/audit.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { textArray } from '../database/row-arrays.ts'

const LONGEST_WAIT_MS = 2_000

/**
 * What of the installation is every project's business: the routes that it uses and the quotas that hold for it. The rest
 * tells of other projects, such as a provider's bill.
 */
const TOLD_TO_ALL: readonly AuditAction[] = ['PUBLISH_ROUTE', 'ROLLBACK_ROUTE', 'SET_QUOTA', 'DELETE_QUOTA']

/**
 * What administrators did, as it was written down. Which key of another project changed the installation is not told to a
 * project. Throws LedgerUnavailable where the database is away.
 */
export function auditLog(database: Database, clock: Clock = systemClock): AuditLog {
  return { page: (query) => patiently(clock, LONGEST_WAIT_MS, () => readPage(database, query)) }
}

interface AuditRow {
  readonly id: string
  readonly at_ms: string
  readonly project_id: string | null
  readonly api_key_id: string | null
  readonly action: AuditAction
  readonly subject: string
  readonly changes_text: string
  readonly comment: string | null
  readonly key_name: string | null
  readonly key_prefix: string | null
}

async function readPage({ sql }: Database, { projectId, subject, first, after }: AuditQuery): Promise<AuditPage> {
  const rows = await sql<AuditRow[]>`
    select audit.id, extract(epoch from at) * 1000 as at_ms, audit.project_id, action, subject,
      changes::text as changes_text, comment,
      case when ${projectId}::uuid is null or api_key.project_id = ${projectId}::uuid then audit.api_key_id end as api_key_id,
      api_key.name as key_name, api_key.prefix as key_prefix
    from audit left join api_key on api_key.id = audit.api_key_id
      and (${projectId}::uuid is null or api_key.project_id = ${projectId}::uuid)
    where (${projectId}::uuid is null or audit.project_id = ${projectId}::uuid
        or (audit.project_id is null and action = any(${textArray(TOLD_TO_ALL)}::text[])))
      and (${subject}::text is null or subject = ${subject}::text)
      and (${after}::uuid is null or audit.id < ${after}::uuid)
    order by audit.id desc limit ${first + 1}::int`
  return { entries: rows.slice(0, first).map(entryOf), hasNextPage: rows.length > first }
}

function entryOf(row: AuditRow): AuditEntry {
  const changes: Change[] = JSON.parse(row.changes_text)
  return {
    id: row.id,
    at: Number(row.at_ms),
    projectId: row.project_id,
    apiKeyId: row.api_key_id,
    action: row.action,
    subject: row.subject,
    changes,
    comment: row.comment,
    apiKey: row.key_name === null ? null : { name: row.key_name, prefix: row.key_prefix ?? '' },
  }
}
