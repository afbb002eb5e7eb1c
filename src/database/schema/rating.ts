import { doublePrecision, index, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** What was thought of answers: one score for each call, metric and API key that rated. */
export const rating = pgTable(
  'rating',
  {
    callId: uuid('call_id').notNull(),
    metric: text().notNull(),
    apiKeyId: uuid('api_key_id').notNull(),
    projectId: uuid('project_id').notNull(),
    /** The time in the call's id. */
    callCreatedAt: timestamp('call_created_at', { withTimezone: true }).notNull(),
    score: doublePrecision().notNull(),
    comment: text(),
    ratedAt: timestamp('rated_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'rating_pkey', columns: [table.callId, table.metric, table.apiKeyId] }),
    index('rating_project_index').on(table.projectId, table.callCreatedAt),
  ],
)
