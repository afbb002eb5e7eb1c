import type { Sample } from '../../../core/feedback.ts'
import { studentQuantile, studentTwoSided } from './student.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

/** Two samples compared: `estimate` is the first's less the second's. */
export interface Comparison {
  readonly estimate: number
  /** Where the difference lies with 95 % confidence. */
  readonly interval: Interval
  /** The chance of a difference this large or larger where there is none in truth. */
  readonly pValue: number
}

const MISSED = 0.05

/** Where a mean lies with 95 % confidence, by Student's t; null with fewer than two values. */
export function meanInterval({ count, mean, variance }: Sample): Interval | null {
  if (count < 2) return null
  const margin = studentQuantile(MISSED, count - 1) * Math.sqrt(variance / count)
  return { low: mean - margin, high: mean + margin }
}

/**
 * Welch's t-test (B. L. Welch, Biometrika 34, 1947): two means of samples whose variances may differ. Null where it
 * can't tell: with fewer than two values on a side, or where none of them varies.
 */
export function welch(a: Sample, b: Sample): Comparison | null {
  if (a.count < 2 || b.count < 2) return null
  const ofA = a.variance / a.count
  const ofB = b.variance / b.count
  const square = ofA + ofB
  if (!(square > 0)) return null
  const error = Math.sqrt(square)
  const freedom = square ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1))
  const estimate = a.mean - b.mean
  const margin = studentQuantile(MISSED, freedom) * error
  return {
    estimate,
    interval: { low: estimate - margin, high: estimate + margin },
    pValue: studentTwoSided(estimate / error, freedom),
  }
}
