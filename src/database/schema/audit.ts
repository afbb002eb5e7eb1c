import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Change } from '../../core/audit.ts'

/** What administrators did. Rows are only ever added: a trigger, made by a migration of its own, refuses all else. */
export const audit = pgTable(
  'audit',
  {
    /** A UUID of version 7: rows are read in its order. */
    id: uuid().primaryKey(),
    at: timestamp({ withTimezone: true }).notNull(),
    /** Whom it concerns; null where it is the whole installation. */
    projectId: uuid('project_id'),
    /** Null where it was done on the command line. */
    apiKeyId: uuid('api_key_id'),
    action: text().notNull(),
    subject: text().notNull(),
    changes: jsonb().$type<Change[]>().notNull(),
    comment: text(),
  },
  (table) => [index('audit_subject_index').on(table.subject, table.id)],
)
