import { integer, json, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/** Every route that was published at run time, each version once and for ever. */
export const routeVersion = pgTable(
  'route_version',
  {
    name: text().notNull(),
    /** Counts from 1 within its name. */
    version: integer().notNull(),
    /** As it would stand in the configuration file. Not `jsonb`, which would put its keys in another order. */
    config: json().notNull(),
    comment: text(),
    apiKeyId: uuid('api_key_id').notNull(),
    publishedAt: timestamp('published_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ name: 'route_version_pkey', columns: [table.name, table.version] })],
)

/** Which version of a route is in force; 0, or no row, is the configuration file's. */
export const routeInForce = pgTable('route_in_force', {
  name: text().primaryKey(),
  version: integer().notNull(),
})
