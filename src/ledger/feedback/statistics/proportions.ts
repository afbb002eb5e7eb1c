import type { Comparison, Interval } from './means.ts'
import { normalTwoSided } from './normal.ts'

/** So many of so many. */
export interface Proportion {
  readonly hits: number
  readonly of: number
}

/** The standard normal value that 2.5 % lie above. */
const Z95 = 1.959963984540054
/** Below this many expected hits or misses the normal approximation does not hold. */
const LEAST_EXPECTED = 5

/** Where a share lies with 95 % confidence (E. B. Wilson, 1927); null of nothing. */
export function wilsonInterval({ hits, of }: Proportion): Interval | null {
  if (of === 0) return null
  const share = hits / of
  const square = Z95 ** 2
  const centre = (share + square / (2 * of)) / (1 + square / of)
  const margin = (Z95 / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of ** 2))
  return { low: Math.max(0, centre - margin), high: Math.min(1, centre + margin) }
}

/**
 * The two-proportion z-test with the pooled share. Null where it can't tell: where fewer than five hits or misses were
 * to be expected on a side.
 */
export function twoProportions(a: Proportion, b: Proportion): Comparison | null {
  const pooled = (a.hits + b.hits) / (a.of + b.of)
  const expected = [a, b].flatMap(({ of }) => [pooled * of, (1 - pooled) * of])
  if (!expected.every((count) => count >= LEAST_EXPECTED)) return null
  const ofA = a.hits / a.of
  const ofB = b.hits / b.of
  const estimate = ofA - ofB
  const margin = Z95 * Math.sqrt((ofA * (1 - ofA)) / a.of + (ofB * (1 - ofB)) / b.of)
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of))
  return {
    estimate,
    interval: { low: estimate - margin, high: estimate + margin },
    pValue: normalTwoSided(estimate / error),
  }
}
