import { numeric, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import type { QuotaScope, QuotaUnit, QuotaWindow } from '../../core/quota.ts'
import { project } from './project.ts'

/** Limits, each for one scope of a project. */
export const quota = pgTable(
  'quota',
  {
    id: uuid().primaryKey(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id),
    scopeType: text('scope_type').$type<QuotaScope['type']>().notNull(),
    /** The key of a tag; empty for other scopes. */
    scopeKey: text('scope_key').notNull(),
    /** The API key's id, the end user or the tag's value; empty for a project. */
    scopeValue: text('scope_value').notNull(),
    unit: text().$type<QuotaUnit>().notNull(),
    window: text('window_name').$type<QuotaWindow>().notNull(),
    /** Picodollars where the unit is USD, else a count. */
    limit: numeric('limit_amount', { mode: 'bigint' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    unique('quota_scope_unique').on(
      table.projectId,
      table.scopeType,
      table.scopeKey,
      table.scopeValue,
      table.unit,
      table.window,
    ),
  ],
)

/** What of a quota is used and reserved in one window of time; a TOTAL window begins in 1970. */
export const quotaWindow = pgTable(
  'quota_window',
  {
    quotaId: uuid('quota_id')
      .notNull()
      .references(() => quota.id, { onDelete: 'cascade' }),
    windowStart: timestamp('window_start', { withTimezone: true }).notNull(),
    used: numeric({ mode: 'bigint' }).notNull(),
    reserved: numeric({ mode: 'bigint' }).notNull(),
  },
  (table) => [primaryKey({ name: 'quota_window_pkey', columns: [table.quotaId, table.windowStart] })],
)
