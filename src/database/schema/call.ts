import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { CallStatus } from '../../core/call.ts'
import type { CallErrorType } from '../../core/call-error.ts'
import type { CacheStatus } from '../../core/completion.ts'
import type { AssignedVariant, RoutePlan } from '../../core/routing.ts'
import type { Tag } from '../../core/tag.ts'

/**
 * The calls, partitioned by month of `created_at` (a migration of its own says so, since Drizzle has no word for it).
 * `created_at` is the time in the id, so a look-up by id reads one partition. Money is in picodollars.
 */
export const call = pgTable(
  'call',
  {
    id: uuid().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    projectId: uuid('project_id').notNull(),
    apiKeyId: uuid('api_key_id').notNull(),
    requestedModel: text('requested_model').notNull(),
    endUser: text('end_user'),
    tags: jsonb().$type<Tag[]>().notNull(),
    status: text().$type<CallStatus>().notNull(),
    /** When the sweeper may take it; null once it has ended. */
    leaseUntil: timestamp('lease_until', { withTimezone: true }),
    /** What is reserved for it, or was when it was abandoned; else null. */
    reservations: jsonb(),
    finishedAt: timestamp('finished_at', { withTimezone: true }),
    provider: text(),
    model: text(),
    errorType: text('error_type').$type<CallErrorType>(),
    errorMessage: text('error_message'),
    inputTokens: bigint('input_tokens', { mode: 'number' }).notNull().default(0),
    cachedInputTokens: bigint('cached_input_tokens', { mode: 'number' }).notNull().default(0),
    cacheWriteTokens: bigint('cache_write_tokens', { mode: 'number' }).notNull().default(0),
    cacheWriteHourTokens: bigint('cache_write_hour_tokens', { mode: 'number' }).notNull().default(0),
    outputTokens: bigint('output_tokens', { mode: 'number' }).notNull().default(0),
    reasoningTokens: bigint('reasoning_tokens', { mode: 'number' }).notNull().default(0),
    usageEstimated: boolean('usage_estimated').notNull().default(false),
    priced: boolean().notNull().default(true),
    costInput: bigint('cost_input', { mode: 'bigint' }).notNull().default(sql`0`),
    costCachedInput: bigint('cost_cached_input', { mode: 'bigint' }).notNull().default(sql`0`),
    costCacheWrite: bigint('cost_cache_write', { mode: 'bigint' }).notNull().default(sql`0`),
    costOutput: bigint('cost_output', { mode: 'bigint' }).notNull().default(sql`0`),
    wasted: bigint({ mode: 'bigint' }).notNull().default(sql`0`),
    saved: bigint({ mode: 'bigint' }).notNull().default(sql`0`),
    totalMs: doublePrecision('total_ms'),
    firstTokenMs: doublePrecision('first_token_ms'),
    overheadMs: doublePrecision('overhead_ms'),
    attempts: integer().notNull().default(0),
    cacheStatus: text('cache_status').$type<CacheStatus>().notNull().default('BYPASS'),
    plan: jsonb().$type<RoutePlan>(),
    lastSeq: integer('last_seq').notNull().default(0),
    /** The experiments that it took part in; null where in none. A copy from the plan that can be searched. */
    variants: jsonb().$type<AssignedVariant[]>(),
    /** What it used of which window of which quota, since it ended; null where no quota applied. */
    charges: jsonb(),
  },
  (table) => [
    primaryKey({ name: 'call_pkey', columns: [table.id, table.createdAt] }),
    index('call_project_index').on(table.projectId, table.createdAt, table.id),
    index('call_lease_index').on(table.leaseUntil).where(sql`status = 'RUNNING'`),
    index('call_end_user_index')
      .on(table.projectId, table.endUser, table.createdAt, table.id)
      .where(sql`end_user is not null`),
    // Most calls succeed, and few are running: they are found without an index of their own, and pay for none.
    index('call_status_index')
      .on(table.projectId, table.status, table.createdAt, table.id)
      .where(sql`status not in ('RUNNING', 'SUCCEEDED')`),
    index('call_provider_index')
      .on(table.projectId, table.provider, table.createdAt, table.id)
      .where(sql`provider is not null`),
    index('call_model_index').on(table.projectId, table.model, table.createdAt, table.id).where(sql`model is not null`),
    index('call_variants_index').on(table.projectId, table.createdAt).where(sql`variants is not null`),
    index('call_tags_index').using('gin', table.tags.op('jsonb_path_ops')).where(sql`tags <> '[]'`),
  ],
)
