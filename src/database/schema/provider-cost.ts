import { bigint, date, index, numeric, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'

/** What providers say in reports of their own that a day cost and used. */
export const providerCost = pgTable(
  'provider_cost',
  {
    /** By its configured name. */
    provider: text().notNull(),
    /** In UTC. */
    day: date().notNull(),
    /** By the provider's own name; null for what belongs to no model, or where the report does not say. */
    model: text(),
    /** Which kind of report said it: `openai-costs`, `csv`. */
    source: text().notNull(),
    /** In picodollars; null where the report has no amounts. */
    cost: numeric({ mode: 'bigint' }),
    /** All input, cached or not. This and the others are null where the report does not count them. */
    inputTokens: bigint('input_tokens', { mode: 'number' }),
    outputTokens: bigint('output_tokens', { mode: 'number' }),
    requests: bigint({ mode: 'number' }),
    importedAt: timestamp('imported_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    unique('provider_cost_unique').on(table.provider, table.source, table.day, table.model).nullsNotDistinct(),
    index('provider_cost_day_index').on(table.day),
  ],
)
