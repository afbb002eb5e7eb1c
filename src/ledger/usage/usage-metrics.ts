import { addTo, type Sketch } from '../../core/sketch.ts'
import type { UsageMetrics } from '../../core/usage-report.ts'
import { readSketches } from './sketch-text.ts'
import { changeCounts, NO_COUNTS } from './usage-counts.ts'
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
  return { ...NO_COUNTS, latency: new Map(), firstToken: new Map() }
}

function change(sums: Sums, by: UsageMetrics, sign: 1 | -1): void {
  changeCounts(sums, by, sign)
  changeSketch(sums.latency, by.latency, sign)
  changeSketch(sums.firstToken, by.firstToken, sign)
}

function changeSketch(sketch: Map<number, number>, by: Sketch, sign: 1 | -1): void {
  for (const [bucket, count] of by) {
    addTo(sketch, bucket, sign * count)
    if (sign === -1 && sketch.get(bucket) === 0) sketch.delete(bucket)
  }
}
