const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth']

/** The name of a place that counts from 0: "first", …, "tenth", "number 11". */
export function ordinal(place: number): string {
  return NAMES[place] ?? `number ${place + 1}`
}
