/** What Yoga asks of a cache of parsed queries. */
export interface DocumentCache<Value> {
  get(query: string): Value | undefined
  set(query: string, value: Value): void
}

export interface DocumentCacheLimits {
  readonly entries: number
  /** Longer queries are parsed each time: they hold prompts, and none comes twice. */
  readonly longestQuery: number
}

/** Keeps what was used last. Nobody can fill the memory with it: both the number and the size of entries are bounded. */
export function createDocumentCache<Value>({ entries, longestQuery }: DocumentCacheLimits): DocumentCache<Value> {
  const kept = new Map<string, Value>()
  return {
    get(query) {
      const value = kept.get(query)
      if (value === undefined) return undefined
      kept.delete(query)
      kept.set(query, value)
      return value
    },
    set(query, value) {
      if (query.length > longestQuery) return
      kept.set(query, value)
      const [oldest] = kept.keys()
      if (kept.size > entries && oldest !== undefined) kept.delete(oldest)
    },
  }
}
