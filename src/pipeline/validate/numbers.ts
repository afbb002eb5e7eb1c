import type { Issues, Path } from './issues.ts'

export interface Range {
  readonly least: number
  readonly most: number
}

/** Checks a number within its bounds, both included; hands it on, null where it is absent or wrong. */
export function checkNumber(value: number | null | undefined, range: Range, path: Path, issues: Issues): number | null {
  if (value == null) return null
  if (value >= range.least && value <= range.most) return value
  issues.add(path, `Must be from ${range.least} to ${range.most}; this is ${value}.`)
  return null
}

/** The same for a whole number. */
export function checkInteger(
  value: number | null | undefined,
  range: Range,
  path: Path,
  issues: Issues,
): number | null {
  if (value == null) return null
  if (Number.isSafeInteger(value)) return checkNumber(value, range, path, issues)
  issues.add(path, `Must be a whole number; this is ${value}.`)
  return null
}
