import type { UsageMetrics, UsageQuery, UsageReport, UsageRow } from '../core/ledger.ts'
import { addTo, type Sketch } from '../core/sketch.ts'
import type { Database } from '../database/database.ts'
import { type UsageRecord, usageStatement } from './usage-sql.ts'

/** Totals of a project's calls that have ended, by group and period. */
export async function readUsage(database: Database, projectId: string, query: UsageQuery): Promise<UsageReport> {
  const { text, values } = usageStatement(projectId, query)
  const records = await database.sql.unsafe<UsageRecord[]>(text, values, { prepare: true })
  const rows = records.map((record) => rowOf(record, query))
  return { total: rows.map(({ metrics }) => metrics).reduce(sum, NOTHING), rows }
}

const NOTHING: UsageMetrics = {
  calls: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  refused: 0,
  attempts: 0,
  cacheHits: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  cost: 0n,
  wasted: 0n,
  saved: 0n,
  unpricedCalls: 0,
  latency: new Map(),
  firstToken: new Map(),
}

function rowOf(record: UsageRecord, query: UsageQuery): UsageRow {
  const values: (string | null)[] = JSON.parse(record.shown)
  return {
    periodStart: record.period_ms === null ? null : Number(record.period_ms),
    group: query.groupBy.map((dimension, at) => ({ dimension, value: values[at] ?? null })),
    metrics: metricsOf(record),
  }
}

function metricsOf(record: UsageRecord): UsageMetrics {
  return {
    calls: Number(record.calls),
    succeeded: Number(record.succeeded),
    failed: Number(record.failed),
    cancelled: Number(record.cancelled),
    refused: Number(record.refused),
    attempts: Number(record.attempts),
    cacheHits: Number(record.cache_hits),
    inputTokens: Number(record.input_tokens),
    cachedInputTokens: Number(record.cached_input_tokens),
    outputTokens: Number(record.output_tokens),
    reasoningTokens: Number(record.reasoning_tokens),
    cost: BigInt(record.cost),
    wasted: BigInt(record.wasted),
    saved: BigInt(record.saved),
    unpricedCalls: Number(record.unpriced_calls),
    latency: sketchOf(record.latency),
    firstToken: sketchOf(record.first_token),
  }
}

function sketchOf(text: string | null): Sketch {
  if (text === null) return new Map()
  const counts: Record<string, number> = JSON.parse(text)
  return new Map(Object.entries(counts).map(([bucket, count]) => [Number(bucket), count]))
}

function sum(a: UsageMetrics, b: UsageMetrics): UsageMetrics {
  return {
    calls: a.calls + b.calls,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    cancelled: a.cancelled + b.cancelled,
    refused: a.refused + b.refused,
    attempts: a.attempts + b.attempts,
    cacheHits: a.cacheHits + b.cacheHits,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    reasoningTokens: a.reasoningTokens + b.reasoningTokens,
    cost: a.cost + b.cost,
    wasted: a.wasted + b.wasted,
    saved: a.saved + b.saved,
    unpricedCalls: a.unpricedCalls + b.unpricedCalls,
    latency: merged(a.latency, b.latency),
    firstToken: merged(a.firstToken, b.firstToken),
  }
}

function merged(a: Sketch, b: Sketch): Sketch {
  const both = new Map(a)
  for (const [bucket, count] of b) addTo(both, bucket, count)
  return both
}
