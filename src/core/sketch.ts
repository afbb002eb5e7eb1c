/**
 * A mergeable histogram with relative buckets, after DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019): every value
 * falls into the bucket of its logarithm, so a quantile is off by at most `ACCURACY` of its value, and two sketches
 * merge by adding their counts.
 */
export type Sketch = ReadonlyMap<number, number>

/** The largest relative error of a quantile. */
const ACCURACY = 0.01

const GAMMA = (1 + ACCURACY) / (1 - ACCURACY)

/** The natural logarithm of the ratio between two buckets' bounds: what a query needs to bucket values by itself. */
export const LOG_GAMMA = Math.log(GAMMA)

/** Values below this many milliseconds share one bucket. */
export const SMALLEST_MS = 0.001

/** The bucket of a value in milliseconds. */
export function bucketOf(ms: number): number {
  return Math.ceil(Math.log(Math.max(ms, SMALLEST_MS)) / LOG_GAMMA)
}

export function addTo(sketch: Map<number, number>, bucket: number, count: number): void {
  sketch.set(bucket, (sketch.get(bucket) ?? 0) + count)
}

/**
 * The value below which the given share of all values lies; null for an empty sketch.
 * @param q from 0 to 1
 */
export function quantileOf(sketch: Sketch, q: number): number | null {
  const buckets = [...sketch].sort(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  const rank = q * (total - 1)
  let seen = 0
  for (const [bucket, count] of buckets) {
    seen += count
    if (seen > rank) return middleOf(bucket)
  }
  return null
}

function middleOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1)
}
