import type { Sample, VariantTotals } from '../../core/feedback.ts'
import { holm } from './statistics/holm.ts'
import { type Comparison, type Interval, meanInterval, welch } from './statistics/means.ts'
import { type Proportion, twoProportions, wilsonInterval } from './statistics/proportions.ts'

/** What variants are compared by. */
export const EXPERIMENT_MEASURES = ['SUCCESS_RATE', 'COST_PER_CALL', 'LATENCY', 'SCORE'] as const
export type ExperimentMeasure = (typeof EXPERIMENT_MEASURES)[number]

export type StatisticalTest = 'TWO_PROPORTION_Z' | 'WELCH_T'

/** Which test decides on which measure. */
export const TEST_OF = {
  SUCCESS_RATE: 'TWO_PROPORTION_Z',
  COST_PER_CALL: 'WELCH_T',
  LATENCY: 'WELCH_T',
  SCORE: 'WELCH_T',
} as const satisfies Record<ExperimentMeasure, StatisticalTest>

/** Below this, an adjusted p-value is taken for more than chance. */
const LEVEL = 0.05

export interface VariantReport {
  readonly totals: VariantTotals
  /** Of the calls that succeeded or failed, the share that succeeded; null where there were none. */
  readonly successRate: { readonly share: number; readonly interval: Interval } | null
  readonly scores: readonly { readonly metric: string; readonly sample: Sample; readonly interval: Interval | null }[]
}

/** One variant against the baseline, by one measure. */
export interface VariantComparison {
  readonly variant: string
  readonly baseline: string
  readonly measure: ExperimentMeasure
  /** The metric of a score, else null. */
  readonly metric: string | null
  /** Null where there is too little to tell. */
  readonly result: (Comparison & { readonly adjustedPValue: number; readonly significant: boolean }) | null
}

export interface ExperimentReport {
  /** Null where there are no calls. */
  readonly baseline: string | null
  readonly variants: readonly VariantReport[]
  readonly comparisons: readonly VariantComparison[]
}

/**
 * What an experiment came to.
 * @param wanted the variant that others are compared with; where it has no calls, the first one is
 */
export function experimentReport(variants: readonly VariantTotals[], wanted: string | null): ExperimentReport {
  const baseline = variants.find(({ variant }) => variant === wanted) ?? variants[0]
  if (baseline === undefined) return { baseline: null, variants: [], comparisons: [] }
  const others = variants.filter((each) => each !== baseline)
  return {
    baseline: baseline.variant,
    variants: variants.map(variantReport),
    comparisons: adjusted(others.flatMap((variant) => comparisonsOf(variant, baseline))),
  }
}

function variantReport(totals: VariantTotals): VariantReport {
  const ended = endedOf(totals)
  const interval = wilsonInterval(ended)
  return {
    totals,
    successRate: interval === null ? null : { share: ended.hits / ended.of, interval },
    scores: [...totals.scores].map(([metric, sample]) => ({ metric, sample, interval: meanInterval(sample) })),
  }
}

function endedOf({ succeeded, failed }: VariantTotals): Proportion {
  return { hits: succeeded, of: succeeded + failed }
}

interface Compared extends Omit<VariantComparison, 'result'> {
  readonly result: Comparison | null
}

function comparisonsOf(a: VariantTotals, b: VariantTotals): readonly Compared[] {
  const compared = (measure: ExperimentMeasure, metric: string | null, result: Comparison | null): Compared => ({
    variant: a.variant,
    baseline: b.variant,
    measure,
    metric,
    result,
  })
  const shared = [...a.scores.keys()].filter((metric) => b.scores.has(metric))
  return [
    compared('SUCCESS_RATE', null, twoProportions(endedOf(a), endedOf(b))),
    compared('COST_PER_CALL', null, welch(a.costPerCall, b.costPerCall)),
    compared('LATENCY', null, welch(a.latency, b.latency)),
    ...shared.map((metric) => compared('SCORE', metric, welch(sampleOf(a, metric), sampleOf(b, metric)))),
  ]
}

const NO_SAMPLE: Sample = { count: 0, mean: 0, variance: 0 }

function sampleOf({ scores }: VariantTotals, metric: string): Sample {
  return scores.get(metric) ?? NO_SAMPLE
}

/** With the p-values adjusted for how many comparisons there are. */
function adjusted(compared: readonly Compared[]): readonly VariantComparison[] {
  const told = compared.filter(({ result }) => result !== null)
  const pValues = holm(told.map(({ result }) => result?.pValue ?? 1))
  return compared.map((each) => {
    if (each.result === null) return { ...each, result: null }
    const adjustedPValue = pValues[told.indexOf(each)] ?? 1
    return { ...each, result: { ...each.result, adjustedPValue, significant: adjustedPValue < LEVEL } }
  })
}
