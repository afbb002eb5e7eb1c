import { createHash } from 'node:crypto'
import { timeOfCallId } from '../../core/call-id.ts'
import type { IdempotencyClaim, IdempotencyRequest } from '../../core/idempotency.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'

const KEPT_MS = 24 * 60 * 60 * 1000
/** How long a call that holds a key may be without a row: from its claim until its opening is committed. */
const OPENING_MS = 30_000

interface Holder {
  readonly call_id: string
  readonly input_hash: string
}

/**
 * Claims a key, or says who holds it. A holder is void, and the key taken over, when its 24 hours are over, when its call
 * ended without success, or when its call died: its lease ran out, or it never came to be.
 * @param now milliseconds since 1970
 */
export async function claimKey(
  database: Database,
  request: IdempotencyRequest,
  now: number,
): Promise<IdempotencyClaim> {
  while (true) {
    if (await take(database, request, now)) return { type: 'claimed' }
    const holder = await holderOf(database, request)
    // Between the two statements the key may have been given up.
    if (!holder) continue
    const { call_id: callId, input_hash: inputHash } = holder
    return { type: inputHash === request.inputHash ? 'held' : 'conflict', callId }
  }
}

async function take(database: Database, request: IdempotencyRequest, now: number): Promise<boolean> {
  const at = timestamp(now)
  const rows = await database.sql`
    insert into idempotency as held
      (project_id, key_hash, input_hash, call_id, call_created_at, claimed_at, expires_at)
    values (
      ${request.projectId}::uuid, ${hashOf(request.key)}, ${request.inputHash}, ${request.callId}::uuid,
      ${timestamp(timeOfCallId(request.callId) ?? now)}::timestamptz, ${at}::timestamptz,
      ${timestamp(now + KEPT_MS)}::timestamptz
    )
    on conflict (project_id, key_hash) do update set
      input_hash = excluded.input_hash, call_id = excluded.call_id, call_created_at = excluded.call_created_at,
      claimed_at = excluded.claimed_at, expires_at = excluded.expires_at, answer = null
    where held.call_id = excluded.call_id
      or held.expires_at <= ${at}::timestamptz
      or coalesce(
        (
          select call.status in ('FAILED', 'CANCELLED', 'REFUSED', 'ABANDONED')
            or (call.status = 'RUNNING' and call.lease_until < ${at}::timestamptz)
          from call where call.id = held.call_id and call.created_at = held.call_created_at
        ),
        held.claimed_at < ${timestamp(now - OPENING_MS)}::timestamptz
      )
    returning call_id`
  return rows.length > 0
}

async function holderOf(database: Database, request: IdempotencyRequest): Promise<Holder | undefined> {
  const [holder] = await database.sql<Holder[]>`
    select call_id, input_hash from idempotency
    where project_id = ${request.projectId}::uuid and key_hash = ${hashOf(request.key)}`
  return holder
}

/** Forgets keys whose time is over. */
export async function forgetExpiredKeys(database: Database, now: number): Promise<void> {
  await database.sql`
    delete from idempotency where ctid in (
      select ctid from idempotency where expires_at <= ${timestamp(now)}::timestamptz limit 1000 for update skip locked
    )`
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}
