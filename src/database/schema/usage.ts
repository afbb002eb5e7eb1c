import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, numeric, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { CallStatus } from '../../core/call.ts'
import type { Tag } from '../../core/tag.ts'

const count = (name: string) => bigint(name, { mode: 'number' }).notNull()
const money = (name: string) => numeric(name, { mode: 'bigint' }).notNull()
/** Null where it is zero, as it mostly is: null takes no room. */
const rareCount = (name: string) => bigint(name, { mode: 'number' })
const rareMoney = (name: string) => numeric(name, { mode: 'bigint' })
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
  index('usage_hourly_hour_index').on(table.hour, table.projectId),
])

/**
 * What a job sums up of days that are over, from their calls, for the queries that the hourly rollup is too large for or
 * knows too little: each kind by dimensions of its own, by hour, day and month. Nobody changes a row: days whose calls
 * changed are summed up anew.
 */
export const usageRollup = pgTable(
  'usage_rollup',
  {
    projectId: uuid('project_id').notNull(),
    /** Which dimensions it is by: `coarse`, `end_user`, …; for tags with a hash of the key. */
    kind: text().notNull(),
    grain: text().$type<'RECENT' | 'HOUR' | 'DAY' | 'MONTH'>().notNull(),
    period: timestamp({ withTimezone: true }).notNull(),
    requestedModel: text('requested_model'),
    provider: text(),
    model: text(),
    status: text().$type<CallStatus>(),
    apiKeyId: uuid('api_key_id'),
    endUser: text('end_user'),
    tagValue: text('tag_value'),
    /** How many values of a tag, or end users, this row stands for together; null where it stands for the one it names. */
    folded: rareCount('folded'),
    ...measures,
    cacheHits: rareCount('cache_hits'),
    wasted: rareMoney('wasted'),
    saved: rareMoney('saved'),
    unpricedCalls: rareCount('unpriced_calls'),
    succeeded: count('succeeded'),
    failed: rareCount('failed'),
    cancelled: rareCount('cancelled'),
    refused: rareCount('refused'),
    /** A sketch as `bucket:calls,bucket:calls`, which adds up by being put behind another; null where it is empty. */
    latency: text(),
    firstToken: text('first_token'),
    /** Where it is by the values of two tags. */
    secondValue: text('second_value'),
    /** Where it is by all tags. */
    tags: jsonb().$type<Tag[]>(),
    /** How many values of the second tag this row stands for together. */
    secondFolded: rareCount('second_folded'),
  },
  (table) => [
    index('usage_rollup_index').on(
      table.projectId,
      table.kind,
      table.grain,
      table.period,
      // Of a tag's values, one is looked for.
      table.tagValue,
      table.secondValue,
    ),
    index('usage_rollup_user_index')
      .on(table.projectId, table.kind, table.endUser, table.grain, table.period)
      .where(sql`end_user is not null`),
    // For the job, which replaces what there is of a time, whatever its kind.
    index('usage_rollup_period_index').on(table.period, table.projectId),
  ],
)

/** Which values of a tag are named in what a period was summed up to, where its rollups do not all name all. */
export const usageNamed = pgTable(
  'usage_named',
  {
    projectId: uuid('project_id').notNull(),
    /** The hash of the tag's key; `keys` where it is the keys themselves that are told, by their hashes. */
    tag: text().notNull(),
    grain: text().$type<'RECENT' | 'DAY'>().notNull(),
    period: timestamp({ withTimezone: true }).notNull(),
    /** How many values there were. */
    known: count('known'),
    /** Those that cost most, the dearest first: the first so many are named in a rollup, the others stand together. */
    named: text().array().notNull(),
  },
  (table) => [
    primaryKey({ name: 'usage_named_pkey', columns: [table.projectId, table.tag, table.grain, table.period] }),
    index('usage_named_period_index').on(table.period, table.projectId),
  ],
)

/** How far the job is: `closed`, `compacted`, `recent` (rows by hour begin there) and `kept` (calls made before it may be gone). */
export const usageProgress = pgTable('usage_progress', {
  name: text().$type<'closed' | 'compacted' | 'recent' | 'kept'>().primaryKey(),
  at: timestamp({ withTimezone: true }).notNull(),
})

/** Days that were closed when one of their calls changed: until they are summed up anew, their calls are read. */
export const usageLate = pgTable(
  'usage_late',
  {
    id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    projectId: uuid('project_id').notNull(),
    day: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index('usage_late_index').on(table.projectId, table.day)],
)
