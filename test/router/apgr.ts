/** A question with the score of a weak and of a strong model, each from 0 to 1. */
export interface Outcome {
  readonly weak: number
  readonly strong: number
}

/**
 * The average performance gap recovered: questions go to the strong model in falling order of their score; the share of
 * the gap between both models that is closed, averaged over all fractions sent. Random is 0.5.
 */
export function apgr(outcomes: readonly Outcome[], scores: readonly number[]): number {
  const order = outcomes.map((_, index) => index).sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0))
  let recovered = 0
  let area = 0
  for (const index of order) {
    const outcome = outcomes[index]
    if (outcome !== undefined) recovered += outcome.strong - outcome.weak
    area += recovered
  }
  return recovered === 0 ? 0.5 : area / (recovered * (order.length + 1))
}
