import { index, json, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { StoredAnswer } from '../../core/call.ts'

/** Who holds an idempotency key, and the answer that a repeat is given. */
export const idempotency = pgTable(
  'idempotency',
  {
    projectId: uuid('project_id').notNull(),
    /** SHA-256 of the key, in hexadecimal: keys may be longer than an index takes. */
    keyHash: text('key_hash').notNull(),
    inputHash: text('input_hash').notNull(),
    callId: uuid('call_id').notNull(),
    /** The time in the call's id, which finds its partition. */
    callCreatedAt: timestamp('call_created_at', { withTimezone: true }).notNull(),
    claimedAt: timestamp('claimed_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
    /** As text, not `jsonb`, which would refuse some strings that models write. */
    answer: json().$type<StoredAnswer>(),
  },
  (table) => [
    primaryKey({ name: 'idempotency_pkey', columns: [table.projectId, table.keyHash] }),
    index('idempotency_call_index').on(table.callId),
    index('idempotency_expiry_index').on(table.expiresAt),
  ],
)
