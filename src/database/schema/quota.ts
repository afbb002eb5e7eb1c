import { index, jsonb, numeric, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../../core/quota.ts'
import { project } from './project.ts'

/** Limits, each for one scope of a project or for the whole installation. */
export const quota = pgTable(
  'quota',
  {
    id: uuid().primaryKey(),
    /** Null for the whole installation. */
    projectId: uuid('project_id').references(() => project.id),
    scopeType: text('scope_type').$type<QuotaScope['type']>().notNull(),
    /** The key of a tag; empty for other scopes. */
    scopeKey: text('scope_key').notNull(),
    /** The API key's id, the end user, the tag's value, the route or the browser token's id; empty for other scopes. */
    scopeValue: text('scope_value').notNull(),
    unit: text().$type<QuotaUnit>().notNull(),
    window: text('window_name').$type<QuotaWindow>().notNull(),
    /** Picodollars where the unit is USD, else a count. */
    limit: numeric('limit_amount', { mode: 'bigint' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    /** Percentages of the limit at which an event is told, in rising order. */
    thresholds: jsonb().$type<number[]>().notNull().default([50, 80, 100]),
    /** When it may be forgotten; null keeps it until it is deleted. */
    expiresAt: timestamp('expires_at', { withTimezone: true }),
  },
  (table) => [
    unique('quota_scope_unique')
      .on(table.projectId, table.scopeType, table.scopeKey, table.scopeValue, table.unit, table.window)
      .nullsNotDistinct(),
    index('quota_expiry_index').on(table.expiresAt),
  ],
)

/**
 * What of a quota is used and reserved in one window of time; a TOTAL window begins in 1970. A quota for each end user has
 * one of them for every end user.
 */
export const quotaWindow = pgTable(
  'quota_window',
  {
    quotaId: uuid('quota_id')
      .notNull()
      .references(() => quota.id, { onDelete: 'cascade' }),
    windowStart: timestamp('window_start', { withTimezone: true }).notNull(),
    used: numeric({ mode: 'bigint' }).notNull(),
    reserved: numeric({ mode: 'bigint' }).notNull(),
    /** The end user, where the quota is for each of them; else empty. */
    subject: text().notNull().default(''),
  },
  (table) => [
    primaryKey({ name: 'quota_window_pkey', columns: [table.quotaId, table.windowStart, table.subject] }),
    index('quota_window_start_index').on(table.windowStart),
  ],
)
