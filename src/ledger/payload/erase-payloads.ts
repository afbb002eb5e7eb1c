import type postgres from 'postgres'
import { timeOfCallId } from '../../core/call-id.ts'
import type { Clock } from '../../core/clock.ts'
import type { Erased, ErasureRequest, ErasureSubject } from '../../core/payload.ts'
import { SHADOW_OF } from '../../core/shadow-tags.ts'
import { appendAudit } from '../../database/audit.ts'
import type { Database } from '../../database/database.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { type Parameters, parameters } from '../calls/call-condition.ts'
import { endOf, markErasure } from './erasure-mark.ts'

const BATCH = 500

/**
 * Erases what is kept of what calls said: payloads, answers kept for idempotency keys, and comments of ratings; of one call
 * also what the copies of it say that were sent to shadows. First it is written down that it was asked for, and what there
 * was; then it is done in small batches, so that nobody waits for it. A run that breaks off is finished by the next one.
 * @returns null where there is no such project, or it has no such call
 */
export async function erasePayloads(database: Database, clock: Clock, request: ErasureRequest): Promise<Erased | null> {
  const { sql } = database
  if (!(await exists(sql, request))) return null
  const now = clock.now()
  const subjects = [request.subject, ...(await copiesOf(sql, request))]
  const scopes = subjects.map((subject) => ({ ...request, subject, now }))
  await transaction(sql, async (tx) => {
    const before = await inTurn(scopes, (scope) => counted(tx, scope))
    await appendAudit(tx, clock, {
      action: 'ERASE_PAYLOADS',
      subject: subjectOf(request.subject),
      projectId: request.projectId,
      apiKeyId: request.apiKeyId,
      changes: [
        ...(request.subject.type === 'before'
          ? [{ path: 'before', before: null, after: new Date(request.subject.at).toISOString() }]
          : []),
        ...Object.entries(before).map(([path, count]) => ({ path, before: count, after: 0 })),
      ],
      comment: request.comment,
    })
    for (const scope of scopes) await markErasure(tx, clock, scope)
  })
  return await inTurn(scopes, async (scope) => ({
    payloads: await inBatches((bound) => deletePayloads(sql, conditionOf(PAYLOADS, scope, bound), bound)),
    answers: await inBatches((bound) => forgetAnswers(sql, conditionOf(ANSWERS, scope, bound), bound)),
    comments: await inBatches((bound) => forgetComments(sql, conditionOf(COMMENTS, scope, bound), bound)),
  }))
}

async function inTurn(scopes: readonly Scope[], work: (scope: Scope) => Promise<Erased>): Promise<Erased> {
  let sum: Erased = { payloads: 0, answers: 0, comments: 0 }
  for (const scope of scopes) {
    const { payloads, answers, comments } = await work(scope)
    sum = { payloads: sum.payloads + payloads, answers: sum.answers + answers, comments: sum.comments + comments }
  }
  return sum
}

/** A copy is sent when its call has ended, which takes an hour at most. */
const LATEST_COPY_MS = 24 * 60 * 60 * 1000

/** The copies of one call: calls of their own, which ask the same. */
async function copiesOf(sql: postgres.Sql, { projectId, subject }: ErasureRequest): Promise<ErasureSubject[]> {
  if (subject.type !== 'call') return []
  const from = timeOfCallId(subject.callId) ?? 0
  const tag = JSON.stringify([{ key: SHADOW_OF, value: subject.callId }])
  const rows = await sql<{ id: string }[]>`
    select id from call
    where project_id = ${projectId}::uuid and tags <> '[]' and tags @> ${tag}::text::jsonb
      and created_at >= ${timestamp(from)}::timestamptz and created_at < ${timestamp(from + LATEST_COPY_MS)}::timestamptz`
  return rows.map(({ id }) => ({ type: 'call', callId: id }))
}

interface Scope {
  readonly projectId: string
  readonly subject: ErasureSubject
  readonly now: number
}

/** The audit log is never erased: so it names no end user, not even by a hash that a guess could be checked against. */
function subjectOf(subject: ErasureSubject): string {
  switch (subject.type) {
    case 'call':
      return `payloads/call/${subject.callId}`
    case 'endUser':
      return 'payloads/endUser'
    case 'before':
      return 'payloads/before'
  }
}

/** Where words of calls are kept, and how its rows name their call. */
interface Place {
  readonly table: string
  readonly callId: string
  readonly createdAt: string
  /** That a row has words. */
  readonly has: string
  /** Null where only the call's own row knows its end user. */
  readonly endUser: string | null
}

const PAYLOADS: Place = {
  table: 'payload',
  callId: 'call_id',
  createdAt: 'created_at',
  has: 'true',
  endUser: 'end_user',
}
const ANSWERS: Place = {
  table: 'idempotency',
  callId: 'call_id',
  createdAt: 'call_created_at',
  has: 'answer is not null',
  endUser: null,
}
const COMMENTS: Place = {
  table: 'rating',
  callId: 'call_id',
  createdAt: 'call_created_at',
  has: 'comment is not null',
  endUser: null,
}

/** Which rows of a place are meant. */
function conditionOf(place: Place, { projectId, subject, now }: Scope, bound: Parameters): string {
  const conditions = [
    place.has,
    `${place.table}.project_id = ${bound.add(projectId, 'uuid')}`,
    `${place.createdAt} < ${bound.add(timestamp(endOf(subject, now)), 'timestamptz')}`,
  ]
  if (subject.type === 'call') {
    const time = timeOfCallId(subject.callId) ?? 0
    conditions.push(`${place.createdAt} >= ${bound.add(timestamp(time), 'timestamptz')}`)
    conditions.push(`${place.callId} = ${bound.add(subject.callId, 'uuid')}`)
  }
  if (subject.type === 'endUser') {
    const endUser = bound.add(subject.endUser, 'text')
    conditions.push(
      place.endUser === null
        ? `exists (select from call where call.id = ${place.callId} and call.created_at = ${place.createdAt}
            and call.end_user = ${endUser})`
        : `${place.endUser} = ${endUser}`,
    )
  }
  return conditions.join(' and ')
}

async function counted(tx: postgres.TransactionSql, scope: Scope): Promise<Erased> {
  const count = async (place: Place) => {
    const bound = parameters()
    const text = `select count(*) as n from ${place.table} where ${conditionOf(place, scope, bound)}`
    const [row] = await tx.unsafe<{ n: string }[]>(text, bound.values)
    return Number(row?.n ?? 0)
  }
  return { payloads: await count(PAYLOADS), answers: await count(ANSWERS), comments: await count(COMMENTS) }
}

/** What a batch came to: how many rows it changed, and whether there may be more. */
interface Batch {
  readonly count: number
  readonly more: boolean
}

async function inBatches(run: (bound: Parameters) => Promise<Batch>): Promise<number> {
  let total = 0
  while (true) {
    const { count, more } = await run(parameters())
    total += count
    if (!more) return total
  }
}

/** In two steps, so that the second reads the partitions of its own days only. */
async function deletePayloads(sql: postgres.Sql, condition: string, bound: Parameters): Promise<Batch> {
  const found = await sql.unsafe<{ id: string; ms: string }[]>(
    `select call_id as id, extract(epoch from created_at) * 1000 as ms from payload where ${condition} limit ${BATCH}`,
    bound.values,
  )
  if (found.length === 0) return { count: 0, more: false }
  const times = found.map(({ ms }) => Number(ms))
  const { count } = await sql.unsafe(
    `delete from payload
     where call_id = any($1::uuid[]) and created_at >= $2::timestamptz and created_at <= $3::timestamptz`,
    [textArray(found.map(({ id }) => id)), timestamp(Math.min(...times)), timestamp(Math.max(...times))],
  )
  return { count, more: found.length === BATCH }
}

async function forgetAnswers(sql: postgres.Sql, condition: string, bound: Parameters): Promise<Batch> {
  const { count } = await sql.unsafe(
    `update idempotency set answer = null
     where (project_id, key_hash) in (select project_id, key_hash from idempotency where ${condition} limit ${BATCH})`,
    bound.values,
  )
  return { count, more: count === BATCH }
}

async function forgetComments(sql: postgres.Sql, condition: string, bound: Parameters): Promise<Batch> {
  const { count } = await sql.unsafe(
    `update rating set comment = null
     where (call_id, metric, api_key_id) in (
       select call_id, metric, api_key_id from rating where ${condition} limit ${BATCH})`,
    bound.values,
  )
  return { count, more: count === BATCH }
}

async function exists(sql: postgres.Sql, { projectId, subject }: ErasureRequest): Promise<boolean> {
  if (subject.type !== 'call') return (await sql`select from project where id = ${projectId}::uuid`).length > 0
  const createdAt = timeOfCallId(subject.callId)
  if (createdAt === null) return false
  const rows = await sql`
    select from call
    where id = ${subject.callId}::uuid and created_at = ${timestamp(createdAt)}::timestamptz
      and project_id = ${projectId}::uuid`
  return rows.length > 0
}
