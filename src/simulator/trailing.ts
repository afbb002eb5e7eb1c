/** The items at the end of a list for which a test holds. */
export function trailing<T>(items: readonly T[], test: (item: T) => boolean): readonly T[] {
  return items.slice(items.findLastIndex((item) => !test(item)) + 1)
}
