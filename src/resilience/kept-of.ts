const MOST_KEPT = 10_000

/** What is kept under an id, made where there is nothing yet. */
export function keptOf<T>(kept: Map<string, T>, id: string, make: () => T): T {
  const known = kept.get(id)
  if (known !== undefined) return known
  // Callers may ask for any model name: without a bound the names alone would fill the memory.
  if (kept.size >= MOST_KEPT) kept.clear()
  const made = make()
  kept.set(id, made)
  return made
}
