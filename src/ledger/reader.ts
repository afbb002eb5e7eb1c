import type { Attempt } from '../core/attempt.ts'
import type { StoredAnswer } from '../core/call.ts'
import { timeOfCallId } from '../core/call-id.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { LedgerReader } from '../core/ledger.ts'
import { OWN_QUOTAS } from '../core/quota.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { textArray, timestamp } from '../database/row-arrays.ts'
import { type AttemptRowRead, attemptOf } from './calls/attempt-row.ts'
import { readCall, readCalls } from './calls/call-list.ts'
import { readReplayable } from './calls/replayable.ts'
import { readQuotas } from './quota/quota-list.ts'
import { readReconciliation } from './reconciliation/read-reconciliation.ts'
import { readUsage } from './usage/usage-report.ts'

const LONGEST_WAIT_MS = 2000

/**
 * The reading side of the ledger. Every query throws LedgerUnavailable where the database is away for more than two
 * seconds.
 */
export function ledgerReader(database: Database, clock: Clock = systemClock): LedgerReader {
  const reading = <T>(work: () => Promise<T>) => patiently(clock, LONGEST_WAIT_MS, work)
  return {
    call: (projectId, id) => reading(() => readCall(database, projectId, id)),
    calls: (projectId, filter, first, after) =>
      reading(() => readCalls(database, { projectId, filter, first, after, now: clock.now() })),
    attempts: (callIds) => reading(() => readAttempts(database, callIds)),
    answer: (projectId, callId) => reading(() => readAnswer(database, { projectId, callId, now: clock.now() })),
    usage: (projectId, query) => reading(() => readUsage(database, projectId, query)),
    reconciliation: (query) => reading(() => readReconciliation(database, query)),
    replayable: (projectId, query) => reading(() => readReplayable(database, projectId, query)),
    quotas: (projectId, apiKeyId, view = OWN_QUOTAS) =>
      reading(() => readQuotas(database, { projectId, apiKeyId, view, now: clock.now() })),
  }
}

async function readAttempts(
  database: Database,
  callIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Attempt[]>> {
  const known = callIds.flatMap((id) => timeOfCallId(id) ?? [])
  const byCall = new Map<string, Attempt[]>(callIds.map((id) => [id, []]))
  if (known.length === 0) return byCall
  const ids = callIds.filter((id) => timeOfCallId(id) !== null)
  const rows = await database.sql.unsafe<AttemptRowRead[]>(
    `select *, extract(epoch from started_at) * 1000 as started_ms, price::text as price_text from attempt
     where call_id = any($1::uuid[]) and created_at >= $2::timestamptz and created_at <= $3::timestamptz
     order by call_id, number`,
    [textArray(ids), timestamp(Math.min(...known)), timestamp(Math.max(...known))],
    { prepare: true },
  )
  for (const row of rows) byCall.get(row.call_id)?.push(attemptOf(row))
  return byCall
}

async function readAnswer(
  database: Database,
  { projectId, callId, now }: { readonly projectId: string; readonly callId: string; readonly now: number },
): Promise<StoredAnswer | null> {
  if (timeOfCallId(callId) === null) return null
  const [row] = await database.sql<{ answer: string | null }[]>`
    select answer::text as answer from idempotency
    where call_id = ${callId}::uuid and project_id = ${projectId}::uuid and expires_at > ${timestamp(now)}::timestamptz`
  if (!row || row.answer === null) return null
  const answer: StoredAnswer = JSON.parse(row.answer)
  // JSON leaves out what is undefined.
  return { ...answer, json: answer.json }
}
