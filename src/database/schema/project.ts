import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** The tenants. */
export const project = pgTable('project', {
  id: uuid().primaryKey(),
  name: text().notNull().unique(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
})
