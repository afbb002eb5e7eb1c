/** What a simulator counts: requests per model, for faults that pass, and answers, for their ids. */
export interface StrikeCounts {
  /** How many requests with this name came before this one. */
  next(name: string): number
  /** An id unlike any other's of this simulator; letters and digits only. */
  id(): string
  /** Forgets the requests; ids go on. */
  clear(): void
}

export function createStrikeCounts(): StrikeCounts {
  const seen = new Map<string, number>()
  let answers = 0
  return {
    next(name) {
      const earlier = seen.get(name) ?? 0
      seen.set(name, earlier + 1)
      return earlier
    },
    id() {
      answers += 1
      return `sim${answers.toString(36).padStart(12, '0')}`
    },
    clear: () => seen.clear(),
  }
}
