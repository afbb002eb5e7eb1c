import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Issues, Path } from './issues.ts'

/** Whether a JSON value nests deeper than `most` levels. Walks without recursion: the value may be hostile. */
function isDeeperThan(value: unknown, most: number): boolean {
  let level: readonly object[] = isNested(value) ? [value] : []
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > most) return true
    level = level.flatMap((nested) => Object.values(nested).filter(isNested))
  }
  return false
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Checks that a value is a JSON object of bounded depth; hands it on, null where it is not. */
export function checkJsonObject(value: unknown, depth: number, path: Path, issues: Issues): JsonObject | null {
  if (!isJsonObject(value)) {
    issues.add(path, `Must be a JSON object; this is ${describe(value)}.`)
    return null
  }
  return isShallow(value, depth, path, issues) ? value : null
}

/** Checks a JSON value's depth. */
export function isShallow(value: unknown, depth: number, path: Path, issues: Issues): boolean {
  if (!isDeeperThan(value, depth)) return true
  issues.add(path, `Must not nest deeper than ${depth} levels.`)
  return false
}

function describe(value: unknown): string {
  if (value == null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}
