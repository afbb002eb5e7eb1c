import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { PayloadStore } from '../../core/payload.ts'

/** The tenants. */
export const project = pgTable('project', {
  id: uuid().primaryKey(),
  name: text().notNull().unique(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  /** What is kept of its requests and answers. */
  store: text().$type<PayloadStore>().notNull().default('NONE'),
  /** From when on its keys are refused; null while it is in use. */
  archivedAt: timestamp('archived_at', { withTimezone: true }),
})
