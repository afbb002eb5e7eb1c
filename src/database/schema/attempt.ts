import {
  bigint,
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core'
import type { AttemptOutcome } from '../../core/attempt.ts'
import type { ProviderErrorKind } from '../../core/provider-error.ts'

/** The attempts of all calls, partitioned as their calls are: `created_at` is the call's. Money is in picodollars. */
export const attempt = pgTable(
  'attempt',
  {
    callId: uuid('call_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    number: integer().notNull(),
    projectId: uuid('project_id').notNull(),
    provider: text().notNull(),
    model: text().notNull(),
    answeredModel: text('answered_model'),
    keyName: text('key_name'),
    outcome: text().$type<AttemptOutcome>().notNull(),
    failureKind: text('failure_kind').$type<ProviderErrorKind>(),
    /** Null where the attempt did not fail. */
    failureMessage: text('failure_message'),
    httpStatus: integer('http_status'),
    startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
    durationMs: doublePrecision('duration_ms').notNull(),
    firstTokenMs: doublePrecision('first_token_ms'),
    /** This and the other tokens are null where the provider sent nothing. */
    inputTokens: bigint('input_tokens', { mode: 'number' }),
    cachedInputTokens: bigint('cached_input_tokens', { mode: 'number' }),
    cacheWriteTokens: bigint('cache_write_tokens', { mode: 'number' }),
    cacheWriteHourTokens: bigint('cache_write_hour_tokens', { mode: 'number' }),
    outputTokens: bigint('output_tokens', { mode: 'number' }),
    reasoningTokens: bigint('reasoning_tokens', { mode: 'number' }),
    usageEstimated: boolean('usage_estimated'),
    /** This and the other costs are null where the attempt is unpriced. */
    costInput: bigint('cost_input', { mode: 'bigint' }),
    costCachedInput: bigint('cost_cached_input', { mode: 'bigint' }),
    costCacheWrite: bigint('cost_cache_write', { mode: 'bigint' }),
    costOutput: bigint('cost_output', { mode: 'bigint' }),
    /** The price that was charged, its amounts as strings. */
    price: jsonb(),
    /** The service tier that the provider says it answered from; null where it said none. */
    serviceTier: text('service_tier'),
  },
  (table) => [primaryKey({ name: 'attempt_pkey', columns: [table.callId, table.createdAt, table.number] })],
)
