import { sql } from 'drizzle-orm'
import { customType, index, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { PayloadStore } from '../../core/payload.ts'

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/**
 * What calls asked and were answered, where their project keeps that; partitioned by day of `created_at`, the time in
 * the call's id. The two contents are JSON, compressed before they are sent here, so their columns' storage is EXTERNAL:
 * PostgreSQL does not try to compress them again.
 */
export const payload = pgTable(
  'payload',
  {
    callId: uuid('call_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    projectId: uuid('project_id').notNull(),
    endUser: text('end_user'),
    store: text().$type<Exclude<PayloadStore, 'NONE'>>().notNull(),
    /** How the contents are compressed: `zstd`. */
    encoding: text().notNull(),
    request: bytea().notNull(),
    /** Null where nothing was answered. */
    response: bytea(),
    /** The sizes of the contents before they were compressed, in bytes. */
    requestBytes: integer('request_bytes').notNull(),
    responseBytes: integer('response_bytes').notNull(),
  },
  (table) => [
    primaryKey({ name: 'payload_pkey', columns: [table.callId, table.createdAt] }),
    index('payload_project_index').on(table.projectId, table.createdAt),
    index('payload_end_user_index').on(table.projectId, table.endUser).where(sql`end_user is not null`),
  ],
)

/**
 * Erasures of the last days: what a replica still has in hand of a call that came in before, it does not write any more.
 */
export const payloadErasure = pgTable(
  'payload_erasure',
  {
    /** A UUID of version 7, whose time is that of the erasure. */
    id: uuid().primaryKey(),
    projectId: uuid('project_id').notNull(),
    /** Calls that came in before this. */
    before: timestamp({ withTimezone: true }).notNull(),
    /** This one call only; null means all. */
    callId: uuid('call_id'),
    /** SHA-256 of the end user whose calls are meant, in hexadecimal; null means everybody's. */
    endUserHash: text('end_user_hash'),
  },
  (table) => [index('payload_erasure_project_index').on(table.projectId)],
)
