import type { Sketch } from './sketch.ts'
import type { TimeRange } from './time-range.ts'

/** What somebody thought of an answer. */
export interface Rating {
  readonly callId: string
  /** What was judged, such as `helpful`. */
  readonly metric: string
  readonly score: number
  readonly comment: string | null
  /** Whose rating it is: a key that rates the same call by the same metric again replaces its score. */
  readonly apiKeyId: string
  /** Milliseconds since 1970. */
  readonly ratedAt: number
}

export interface ExperimentQuery {
  readonly projectId: string
  /** The route's name. */
  readonly experiment: string
  /** When the calls came in. */
  readonly range: TimeRange
}

/** The number, mean and variance of a sample. */
export interface Sample {
  readonly count: number
  readonly mean: number
  /** Of the sample, with `count - 1` below the line; 0 where there are fewer than two. */
  readonly variance: number
}

/** How the calls of one variant did. */
export interface VariantTotals {
  readonly variant: string
  readonly calls: number
  readonly succeeded: number
  /** FAILED and ABANDONED. */
  readonly failed: number
  readonly cancelled: number
  /** The sum over all attempts of all calls, in picodollars. */
  readonly cost: bigint
  readonly unpricedCalls: number
  /** What a call cost, in picodollars, of those whose cost is known. */
  readonly costPerCall: Sample
  /** The total latency of calls that succeeded, in milliseconds. */
  readonly latency: Sample
  readonly latencySketch: Sketch
  readonly firstTokenSketch: Sketch
  /** By metric; a call that several keys rated counts once, with the mean of its scores. */
  readonly scores: ReadonlyMap<string, Sample>
}

/** Ratings of answers, and what experiments came to. Nothing is visible across projects. */
export interface Feedback {
  /** Keeps a rating; null where the project has no such call. */
  rate(projectId: string, rating: Omit<Rating, 'ratedAt'>): Promise<Rating | null>
  /** The ratings of many calls in one query, oldest first, by call id. */
  ratings(callIds: readonly string[]): Promise<ReadonlyMap<string, readonly Rating[]>>
  /** The variants that calls of the range were assigned to, by name. */
  variants(query: ExperimentQuery): Promise<readonly VariantTotals[]>
}
