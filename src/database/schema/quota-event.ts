import { sql } from 'drizzle-orm'
import { index, integer, numeric, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../../core/quota.ts'

/**
 * Windows of quotas that passed a threshold, each once. A copy of what the quota was: it may be gone by the time that
 * the event is read, and a reference to it would have to be locked while windows are.
 */
export const quotaEvent = pgTable(
  'quota_event',
  {
    id: uuid().primaryKey(),
    at: timestamp({ withTimezone: true }).notNull(),
    quotaId: uuid('quota_id').notNull(),
    /** Of calls at once, which have no window of time, the hour: they are told once an hour. */
    windowStart: timestamp('window_start', { withTimezone: true }).notNull(),
    /** The end user, where the quota is for each of them; else empty. */
    subject: text().notNull(),
    threshold: integer().notNull(),
    /** Null for the whole installation. */
    projectId: uuid('project_id'),
    scopeType: text('scope_type').$type<QuotaScope['type']>().notNull(),
    scopeKey: text('scope_key').notNull(),
    scopeValue: text('scope_value').notNull(),
    unit: text().$type<QuotaUnit>().notNull(),
    window: text('window_name').$type<QuotaWindow>().notNull(),
    limit: numeric('limit_amount', { mode: 'bigint' }).notNull(),
    used: numeric({ mode: 'bigint' }).notNull(),
    reserved: numeric({ mode: 'bigint' }).notNull(),
    /** When its deliveries were made out; null while they are not, or where no webhook is configured. */
    dispatchedAt: timestamp('dispatched_at', { withTimezone: true }),
  },
  (table) => [
    // With another limit it is another threshold, which may be passed in the same window again.
    unique('quota_event_unique').on(table.quotaId, table.windowStart, table.subject, table.threshold, table.limit),
    index('quota_event_at_index').on(table.at),
    index('quota_event_dispatch_index').on(table.at).where(sql`dispatched_at is null`),
  ],
)
