import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'

/** What is to be told to a webhook, and what became of it. */
export const webhookDelivery = pgTable(
  'webhook_delivery',
  {
    /** Sent as `webhook-id`, the same with each try. */
    id: uuid().primaryKey(),
    eventId: uuid('event_id').notNull(),
    /** The SHA-256 of the configured URL: who has the table does not know where it goes. */
    endpoint: text().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    payload: jsonb().notNull(),
    attempts: integer().notNull().default(0),
    /** When it may be tried next; while a replica has it in hand, when another may take it over. */
    nextAt: timestamp('next_at', { withTimezone: true }).notNull(),
    /** When it was taken, or given up; null while it is to be tried. */
    endedAt: timestamp('ended_at', { withTimezone: true }),
    /** `DELIVERED` or `GIVEN_UP`; null while it is to be tried. */
    outcome: text().$type<'DELIVERED' | 'GIVEN_UP'>(),
    lastError: text('last_error'),
  },
  (table) => [
    unique('webhook_delivery_unique').on(table.eventId, table.endpoint),
    index('webhook_delivery_due_index').on(table.nextAt).where(sql`ended_at is null`),
  ],
)
