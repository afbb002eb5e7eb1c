/**
 * The p-values of several comparisons, raised so that the chance of even one false alarm among all of them stays below
 * the level that they are held against (S. Holm, Scand. J. Statist. 6, 1979). In the order in which they were given.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => (pValues[a] ?? 0) - (pValues[b] ?? 0))
  const adjusted = pValues.map(() => 0)
  let least = 0
  for (const [rank, index] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * (pValues[index] ?? 0)))
    adjusted[index] = least
  }
  return adjusted
}
