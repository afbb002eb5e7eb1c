import type { InputIssue } from '../../core/input-issue.ts'

/** GraphQL field names and list indices. */
export type Path = readonly string[]

/** Collects all that is wrong with one input, so that a caller sees it at once. */
export interface Issues {
  add(path: Path, message: string): void
  list(): readonly InputIssue[]
}

/** How many issues are told; a list of a million wrong tags needs no answer of a million issues. */
export const MOST_ISSUES = 100

export function collectIssues(): Issues {
  const found: InputIssue[] = []
  let more = false
  return {
    add(path, message) {
      if (found.length < MOST_ISSUES) found.push({ path, message })
      else more = true
    },
    list: () => (more ? [...found, { path: [], message: 'More is wrong than is listed here.' }] : found),
  }
}
