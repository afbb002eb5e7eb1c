import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import type { WebhookSettings } from '../core/settings.ts'
import type { Database } from '../database/database.ts'
import { QUOTA_EVENT_COLUMNS, type QuotaEventRow, quotaEventOf } from '../database/quota-events.ts'
import { bind, type Column, textArray } from '../database/row-arrays.ts'
import { transaction } from '../database/transaction.ts'
import { GIVEN_UP_AFTER_MS } from './backoff.ts'
import { eventPayload } from './event-payload.ts'

/** A message that this replica has in hand. */
export interface Delivery {
  readonly id: string
  readonly endpoint: string
  /** JSON, the same with each try. */
  readonly body: string
  /** This try counted. */
  readonly tries: number
  /** How long ago it was made out, in milliseconds. */
  readonly ageMs: number
}

/** What is put down of a try. */
export type Outcome =
  | { readonly type: 'delivered' }
  | { readonly type: 'failed'; readonly error: string; readonly pauseMs: number }
  | { readonly type: 'givenUp'; readonly error: string }

/** Longer than a try takes: what a replica had in hand that died is then another's. */
const LEASE_S = 60
const BATCH = 16
const KEPT_DAYS = 30

/** How a webhook is called in the database, which is not told where it is: some URLs are as good as a secret. */
export function endpointOf({ url }: Pick<WebhookSettings, 'url'>): string {
  return createHash('sha256').update(url).digest('hex')
}

interface Message {
  readonly eventId: string
  readonly endpoint: string
  readonly payload: string
}

const MESSAGES: readonly Column<Message>[] = [
  { name: 'event_id', type: 'uuid', of: (message) => message.eventId },
  { name: 'endpoint', type: 'text', of: (message) => message.endpoint },
  { name: 'payload', type: 'text', of: (message) => message.payload },
]

/** Makes out a message to each webhook for each event that has none yet. */
export async function makeOut(database: Database, endpoints: readonly string[]): Promise<void> {
  await transaction(database.sql, async (tx) => {
    const rows = await tx.unsafe<(QuotaEventRow & { readonly project: string | null })[]>(
      `update quota_event set dispatched_at = clock_timestamp()
       from (
         select id as fresh_id from quota_event
         where dispatched_at is null and at > clock_timestamp() - make_interval(secs => ${GIVEN_UP_AFTER_MS / 1000})
         order by at limit 100 for update skip locked
       ) as fresh
       where quota_event.id = fresh_id
       returning ${QUOTA_EVENT_COLUMNS}, (select name from project where project.id = quota_event.project_id) as project`,
    )
    const messages = rows.flatMap((row) => {
      const payload = JSON.stringify(eventPayload(quotaEventOf(row), row.project))
      return endpoints.map((endpoint) => ({ eventId: row.id, endpoint, payload }))
    })
    if (messages.length > 0) await insert(tx, messages)
  })
}

async function insert(tx: postgres.TransactionSql, messages: readonly Message[]): Promise<void> {
  await tx.unsafe(
    `insert into webhook_delivery (id, event_id, endpoint, created_at, payload, next_at)
     select gen_random_uuid(), event_id, endpoint, clock_timestamp(), payload::jsonb, clock_timestamp()
     from unnest($1::uuid[], $2::text[], $3::text[]) as message (event_id, endpoint, payload)
     on conflict do nothing`,
    bind(MESSAGES, messages),
  )
}

interface DeliveryRow {
  readonly id: string
  readonly endpoint: string
  readonly body: string
  readonly attempts: number
  readonly age_ms: string
}

/** Takes messages in hand that are due; no other replica does before the lease is over. */
export async function takeDue(database: Database, endpoints: readonly string[]): Promise<Delivery[]> {
  const rows = await database.sql.unsafe<DeliveryRow[]>(
    `update webhook_delivery
     set attempts = attempts + 1, next_at = clock_timestamp() + make_interval(secs => ${LEASE_S})
     where id in (
       select id from webhook_delivery
       where ended_at is null and next_at <= clock_timestamp() and endpoint = any($1::text[])
       order by next_at limit ${BATCH} for update skip locked
     )
     returning id, endpoint, payload::text as body, attempts,
       extract(epoch from clock_timestamp() - created_at) * 1000 as age_ms`,
    [textArray(endpoints)],
    { prepare: true },
  )
  return rows.map(({ id, endpoint, body, attempts, age_ms }) => ({
    id,
    endpoint,
    body,
    tries: attempts,
    ageMs: Number(age_ms),
  }))
}

const OUTCOMES = { delivered: 'DELIVERED', givenUp: 'GIVEN_UP' } as const

/** Puts down what became of a try. */
export async function putDown(database: Database, { id }: Delivery, outcome: Outcome): Promise<void> {
  const error = outcome.type === 'delivered' ? null : outcome.error
  if (outcome.type === 'failed') {
    await database.sql`
      update webhook_delivery
      set last_error = ${error}, next_at = clock_timestamp() + make_interval(secs => ${outcome.pauseMs / 1000}::float8)
      where id = ${id}::uuid and ended_at is null`
    return
  }
  await database.sql`
    update webhook_delivery
    set last_error = ${error}, ended_at = clock_timestamp(), outcome = ${OUTCOMES[outcome.type]}
    where id = ${id}::uuid and ended_at is null`
}

/** Forgets messages that ended long ago, and those to webhooks that nobody has configured any more. */
export async function forgetOld(database: Database): Promise<void> {
  await database.sql`
    delete from webhook_delivery where ctid in (
      select ctid from webhook_delivery where created_at < clock_timestamp() - make_interval(days => ${KEPT_DAYS}::int)
      limit 1000 for update skip locked
    )`
}
