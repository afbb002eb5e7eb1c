import type { UsageMetrics } from '../core/ledger.ts'
import { addTo, type Sketch } from '../core/sketch.ts'
import { readSketches } from './sketch-text.ts'
import type { UsageRecord } from './usage-sql.ts'

type Sums = Omit<UsageMetrics, 'latency' | 'firstToken'>
type SketchName = 'latency' | 'firstToken'

const NOTHING: Sums = {
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
}

/** The metrics of one row. Sketches are read only where somebody looks at them: most queries ask for no quantile. */
export function metricsOf(record: UsageRecord): UsageMetrics {
  const sums: Sums = {
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
  }
  return withSketches(sums, (name) => readSketches((name === 'latency' ? record.latency : record.first_token) ?? ''))
}

/** All of them added up, less some. */
export function sumOf(added: readonly UsageMetrics[], taken: readonly UsageMetrics[] = []): UsageMetrics {
  const sums = taken.reduce(
    (sum, one) => changed(sum, one, -1),
    added.reduce((sum, one) => changed(sum, one, 1), NOTHING),
  )
  return withSketches(sums, (name) => {
    const counts = new Map<number, number>()
    for (const one of added) for (const [bucket, count] of one[name]) addTo(counts, bucket, count)
    for (const one of taken) for (const [bucket, count] of one[name]) addTo(counts, bucket, -count)
    for (const [bucket, count] of counts) if (count === 0) counts.delete(bucket)
    return counts
  })
}

function withSketches(sums: Sums, read: (name: SketchName) => Sketch): UsageMetrics {
  let latency: Sketch | null = null
  let firstToken: Sketch | null = null
  return {
    ...sums,
    get latency() {
      latency ??= read('latency')
      return latency
    },
    get firstToken() {
      firstToken ??= read('firstToken')
      return firstToken
    },
  }
}

function changed(sum: Sums, by: Sums, sign: 1 | -1): Sums {
  const factor = BigInt(sign)
  return {
    calls: sum.calls + sign * by.calls,
    succeeded: sum.succeeded + sign * by.succeeded,
    failed: sum.failed + sign * by.failed,
    cancelled: sum.cancelled + sign * by.cancelled,
    refused: sum.refused + sign * by.refused,
    attempts: sum.attempts + sign * by.attempts,
    cacheHits: sum.cacheHits + sign * by.cacheHits,
    inputTokens: sum.inputTokens + sign * by.inputTokens,
    cachedInputTokens: sum.cachedInputTokens + sign * by.cachedInputTokens,
    outputTokens: sum.outputTokens + sign * by.outputTokens,
    reasoningTokens: sum.reasoningTokens + sign * by.reasoningTokens,
    cost: sum.cost + factor * by.cost,
    wasted: sum.wasted + factor * by.wasted,
    saved: sum.saved + factor * by.saved,
    unpricedCalls: sum.unpricedCalls + sign * by.unpricedCalls,
  }
}
