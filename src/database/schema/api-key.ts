import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Scope } from '../../core/caller.ts'
import { project } from './project.ts'

/** Keys of clients. The secret is not kept: only what recognises it. */
export const apiKey = pgTable(
  'api_key',
  {
    id: uuid().primaryKey(),
    projectId: uuid('project_id')
      .notNull()
      .references(() => project.id),
    name: text().notNull(),
    /** SHA-256 of the secret, in hexadecimal. */
    hash: text().notNull().unique(),
    /** How the secret begins, so that people can tell keys apart. */
    prefix: text().notNull(),
    scopes: text().array().$type<Scope[]>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
    /** Models as `provider/model` that it may ask for by name; null allows all. */
    allowedModels: text('allowed_models').array(),
    /** Routes that it may ask for; null allows all. */
    allowedRoutes: text('allowed_routes').array(),
    /** Origins that browsers may send it from; null is a key that no browser should hold, and sets no condition. */
    allowedOrigins: text('allowed_origins').array(),
    /** The key that took its place; null where none did. */
    replacedBy: uuid('replaced_by'),
  },
  (table) => [index('api_key_project_index').on(table.projectId), index('api_key_prefix_index').on(table.prefix)],
)
