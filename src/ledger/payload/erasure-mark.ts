import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { newCallId, timeOfCallId } from '../../core/call-id.ts'
import type { Clock } from '../../core/clock.ts'
import type { ErasureSubject } from '../../core/payload.ts'
import { LOCKS } from '../../database/locks.ts'
import { storable, timestamp } from '../../database/row-arrays.ts'

/** How long a call may go on, and a replica wait for the database, before its words come too late to be held off. */
const REMEMBERED_MS = 48 * 60 * 60 * 1000

export interface ErasureMark {
  readonly projectId: string
  readonly subject: ErasureSubject
}

/**
 * Remembers an erasure, so that words of calls that came in before, but are still under way or in some replica's hands,
 * are not written any more. To be the last thing in its transaction, which holds up all writers of words.
 */
export async function markErasure(
  tx: postgres.TransactionSql,
  clock: Clock,
  { projectId, subject }: ErasureMark,
): Promise<void> {
  const id = newCallId(clock)
  const callId = subject.type === 'call' ? subject.callId : null
  const endUserHash = subject.type === 'endUser' ? hashOf(subject.endUser) : null
  await tx`
    delete from payload_erasure where id < ${firstIdAt(clock.now() - REMEMBERED_MS)}::uuid`
  await tx`select pg_advisory_xact_lock(${LOCKS.erasure}::bigint)`
  await tx`
    insert into payload_erasure (id, project_id, before, call_id, end_user_hash)
    values (${id}::uuid, ${projectId}::uuid, ${timestamp(endOf(subject, clock.now()))}::timestamptz,
      ${callId}::uuid, ${endUserHash})`
}

/** What came in before this is meant, exclusive, in milliseconds since 1970. Never what is still to come. */
export function endOf(subject: ErasureSubject, now: number): number {
  switch (subject.type) {
    case 'call':
      return (timeOfCallId(subject.callId) ?? now) + 1
    case 'endUser':
      return now + 1
    case 'before':
      return Math.min(subject.at, now + 1)
  }
}

/** Keeps erasures from being marked until the transaction is over. */
export async function holdOffErasures(tx: postgres.TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock_shared(${LOCKS.erasure}::bigint)`
}

/**
 * A condition on rows that have words of calls: that no erasure was marked which means them.
 * @param row names of columns or parameters
 */
export function notErased(row: {
  readonly projectId: string
  readonly createdAt: string
  readonly callId: string
  readonly endUser: string
}): string {
  return `not exists (
    select from payload_erasure as marked
    where marked.project_id = ${row.projectId} and ${row.createdAt} < marked.before
      and (marked.call_id is null or marked.call_id = ${row.callId})
      and (marked.end_user_hash is null
        or marked.end_user_hash = encode(sha256(convert_to(${row.endUser}, 'UTF8')), 'hex')))`
}

function hashOf(endUser: string): string {
  return createHash('sha256').update(storable(endUser)).digest('hex')
}

/** The least UUID of version 7 of a millisecond. */
function firstIdAt(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
