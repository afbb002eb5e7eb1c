import { addTo, type Sketch } from '../../core/sketch.ts'
import type { UsageMetrics } from '../../core/usage-report.ts'
import { readSketches } from './sketch-text.ts'
import { changeCounts, NO_COUNTS } from './usage-counts.ts'
import { COUNTS, type UsageCount, type UsageRecord } from './usage-sql.ts'

const PLACE = Object.fromEntries(COUNTS.map((name, at) => [name, at])) as Readonly<Record<UsageCount, number>>

/** The metrics of one row. */
export function metricsOf([, , , , counts, latency, firstToken]: UsageRecord): UsageMetrics {
  const found = counts.split(' ')
  const count = (name: UsageCount) => Number(found[PLACE[name]])
  const money = (name: UsageCount) => BigInt(found[PLACE[name]] ?? 0)
  return {
    calls: count('calls'),
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    refused: count('refused'),
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
    latency: sketchOf(latency),
    firstToken: sketchOf(firstToken),
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
