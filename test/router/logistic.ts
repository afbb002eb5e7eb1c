/** One example: its features, the share of examples of its group that it stands for, and what is to be foretold. */
export interface Example {
  readonly features: readonly number[]
  /** From 0 to 1. */
  readonly target: number
  /** Examples of one group share an intercept: groups may differ in how often the strong model wins. */
  readonly group: number
  readonly weight: number
}

export interface Fit {
  readonly weights: readonly number[]
  readonly intercepts: readonly number[]
}

const STEPS = 600

/**
 * Logistic regression with weights that are not negative and a penalty on their squares, by accelerated projected
 * gradient descent (Nesterov). A weight below zero would mean that more of a feature makes a prompt simpler: such weights
 * fit the habits of one exam and don't carry over to another.
 */
export function fitLogistic(examples: readonly Example[], groups: number, penalty: number): Fit {
  const width = examples[0]?.features.length ?? 0
  const scale = scalesOf(examples, width)
  const rate = 4 / bound(examples, scale)
  let current = new Float64Array(width + groups)
  let ahead = current.slice()
  let pace = 1
  for (let step = 0; step < STEPS; step++) {
    const slope = gradient(examples, scale, ahead, penalty)
    const next = ahead.map((value, index) => {
      const moved = value - rate * (slope[index] ?? 0)
      return index < width ? Math.max(moved, 0) : moved
    })
    const nextPace = (1 + Math.sqrt(1 + 4 * pace * pace)) / 2
    const push = (pace - 1) / nextPace
    ahead = next.map((value, index) => value + push * (value - (current[index] ?? 0)))
    current = next
    pace = nextPace
  }
  const weights = scale.map((deviation, index) => (current[index] ?? 0) / deviation)
  return { weights, intercepts: [...current.slice(width)] }
}

function gradient(
  examples: readonly Example[],
  scale: readonly number[],
  at: Float64Array,
  penalty: number,
): Float64Array {
  const width = scale.length
  const slope = new Float64Array(at.length)
  for (let index = 0; index < width; index++) slope[index] = penalty * (at[index] ?? 0)
  for (const { features, target, group, weight } of examples) {
    let logit = at[width + group] ?? 0
    for (let index = 0; index < width; index++)
      logit += ((at[index] ?? 0) * (features[index] ?? 0)) / (scale[index] ?? 1)
    const miss = weight * (1 / (1 + Math.exp(-logit)) - target)
    for (let index = 0; index < width; index++) {
      slope[index] = (slope[index] ?? 0) + (miss * (features[index] ?? 0)) / (scale[index] ?? 1)
    }
    slope[width + group] = (slope[width + group] ?? 0) + miss
  }
  return slope
}

function scalesOf(examples: readonly Example[], width: number): number[] {
  return Array.from({ length: width }, (_, index) => {
    const squares = examples.reduce((sum, { features }) => sum + (features[index] ?? 0) ** 2, 0)
    return Math.sqrt(squares / examples.length) || 1
  })
}

/** A bound of the steepest curvature: the sum of the squared lengths of all examples. */
function bound(examples: readonly Example[], scale: readonly number[]): number {
  return examples.reduce((sum, { features, weight }) => {
    const length = features.reduce((square, value, index) => square + (value / (scale[index] ?? 1)) ** 2, 1)
    return sum + weight * length
  }, 0)
}
