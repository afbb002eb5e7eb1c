import { addTo, type Sketch } from '../../core/sketch.ts'
import type { UsageMetrics } from '../../core/usage-report.ts'
import { readSketches } from './sketch-text.ts'
import type { UsageRecord } from './usage-sql.ts'

/** The metrics of one row. */
export function metricsOf(record: UsageRecord): UsageMetrics {
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

const EMPTY: Sketch = new Map()

function sketchOf(text: string | null): Sketch {
  return text === null ? EMPTY : readSketches(text)
}

/** All of them added up, less some. */
export function sumOf(added: readonly UsageMetrics[], taken: readonly UsageMetrics[] = []): UsageMetrics {
  const sums = nothing()
  for (const one of added) change(sums, one, 1)
  for (const one of taken) change(sums, one, -1)
  return sums
}

type Sums = { -readonly [Name in keyof UsageMetrics]: UsageMetrics[Name] } & {
  readonly latency: Map<number, number>
  readonly firstToken: Map<number, number>
}

function nothing(): Sums {
  return {
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
}

/** In place: a report adds up thousands of rows. */
function change(sums: Sums, by: UsageMetrics, sign: 1 | -1): void {
  sums.calls += sign * by.calls
  sums.succeeded += sign * by.succeeded
  sums.failed += sign * by.failed
  sums.cancelled += sign * by.cancelled
  sums.refused += sign * by.refused
  sums.attempts += sign * by.attempts
  sums.cacheHits += sign * by.cacheHits
  sums.inputTokens += sign * by.inputTokens
  sums.cachedInputTokens += sign * by.cachedInputTokens
  sums.outputTokens += sign * by.outputTokens
  sums.reasoningTokens += sign * by.reasoningTokens
  sums.cost += sign === 1 ? by.cost : -by.cost
  sums.wasted += sign === 1 ? by.wasted : -by.wasted
  sums.saved += sign === 1 ? by.saved : -by.saved
  sums.unpricedCalls += sign * by.unpricedCalls
  changeSketch(sums.latency, by.latency, sign)
  changeSketch(sums.firstToken, by.firstToken, sign)
}

function changeSketch(sketch: Map<number, number>, by: Sketch, sign: 1 | -1): void {
  for (const [bucket, count] of by) {
    addTo(sketch, bucket, sign * count)
    if (sign === -1 && sketch.get(bucket) === 0) sketch.delete(bucket)
  }
}
