/** Where a repetition is looked for: in so much of the end of what was said, and from the beginning of it. */
const WINDOW = 2_000

/** A shorter repetition may be meant. */
const LEAST_REPEATED = 8

/** A whole beginning of this length that comes again is an echo. */
const LEAST_ECHO = 4

/** Finds how much of what a model says repeats what was said before. */
export interface OverlapFinder {
  /**
   * How many UTF-16 code units at the start of `said`, space in front included, repeat the end of what was said before,
   * or all of it. Null while more of it may make the difference; never where it is the last.
   */
  find(said: string, more: 'comes' | 'ends'): number | null
}

/** @param before without space at its end */
export function overlapFinder(before: string): OverlapFinder {
  const tellingStarts = wordStarts(before).filter((start) => isTelling(before, start))
  const wholeStart = before.length - before.trimStart().length

  return {
    find(said, more) {
      const words = said.trimStart()
      const space = said.length - words.length
      if (words === '') return more === 'ends' ? 0 : null
      // Behind a line break the same line again is a line of its own, as of code or a list: only all of it is an echo.
      const isNewLine = said.slice(0, space).includes('\n')
      const starts = isNewLine ? tellingStarts.filter((start) => start === wholeStart) : tellingStarts
      const open = (start: number) => before.length - start > words.length && before.startsWith(words, start)
      if (more === 'comes' && starts.some(open)) return null
      const repeated = starts.find((start) => words.startsWith(before.slice(start)))
      return repeated === undefined ? 0 : space + before.length - repeated
    },
  }
}

/** The longest repetition first. */
function wordStarts(text: string): readonly number[] {
  const first = text.length - text.trimStart().length
  const from = Math.max(text.length - WINDOW, first + 1)
  const later = [...text.slice(from - 1).matchAll(/(?<=\s)\S/g)].map(({ index }) => from - 1 + index)
  return [first, ...later]
}

/** Whether nobody would say this twice in a row: at least two different words, or all that was said. */
function isTelling(text: string, start: number): boolean {
  const repeated = text.slice(start)
  if (start === text.length - text.trimStart().length && repeated.length >= LEAST_ECHO) return true
  return repeated.length >= LEAST_REPEATED && new Set(repeated.match(/[\p{L}\p{N}]+/gu)).size > 1
}
