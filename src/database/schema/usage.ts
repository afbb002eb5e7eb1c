import { sql } from 'drizzle-orm'
import { bigint, jsonb, numeric, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { CallStatus } from '../../core/ledger.ts'
import type { Tag } from '../../core/request.ts'

const count = (name: string) => bigint(name, { mode: 'number' }).notNull()
const money = (name: string) => numeric(name, { mode: 'bigint' }).notNull()
/** Calls by bucket of a latency sketch: `{"412": 3}`. */
const sketch = (name: string) => jsonb(name).$type<Record<string, number>>().notNull()

const measures = {
  calls: count('calls'),
  attempts: count('attempts'),
  cacheHits: count('cache_hits'),
  inputTokens: count('input_tokens'),
  cachedInputTokens: count('cached_input_tokens'),
  outputTokens: count('output_tokens'),
  reasoningTokens: count('reasoning_tokens'),
  cost: money('cost'),
  wasted: money('wasted'),
  saved: money('saved'),
  unpricedCalls: count('unpriced_calls'),
  latency: sketch('latency'),
  firstToken: sketch('first_token'),
}

const dimensions = {
  hour: timestamp({ withTimezone: true }).notNull(),
  projectId: uuid('project_id').notNull(),
  /** A hash of all other dimensions: they may be null, or longer than an index takes. */
  groupKey: uuid('group_key').notNull(),
  requestedModel: text('requested_model').notNull(),
  provider: text(),
  model: text(),
  status: text().$type<CallStatus>().notNull(),
}

/** The rollup that most of analytics read: totals of the calls that were created within an hour. */
export const usageHourly = pgTable('usage_hourly', { ...dimensions, ...measures }, (table) => [
  primaryKey({ name: 'usage_hourly_pkey', columns: [table.projectId, table.hour, table.groupKey] }),
])

/** The same by API key, end user and tags too, for the queries that ask for them. */
export const usageDetailHourly = pgTable(
  'usage_detail_hourly',
  {
    ...dimensions,
    apiKeyId: uuid('api_key_id').notNull(),
    endUser: text('end_user'),
    tags: jsonb().$type<Tag[]>().notNull().default(sql`'[]'`),
    ...measures,
  },
  (table) => [primaryKey({ name: 'usage_detail_hourly_pkey', columns: [table.projectId, table.hour, table.groupKey] })],
)
