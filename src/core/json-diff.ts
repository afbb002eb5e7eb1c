import type { Change } from './audit.ts'

/** What of a JSON value became another, leaf by leaf, in the order of their paths. */
export function jsonDiff(before: unknown, after: unknown): readonly Change[] {
  const old = leavesOf(before)
  const young = leavesOf(after)
  const paths = [...new Set([...old.keys(), ...young.keys()])].sort()
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: young.get(path) ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

/** Every value that holds no other, by its path. An empty list or object is a leaf too. */
function leavesOf(value: unknown): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>()
  const visit = (inner: unknown, path: readonly string[]) => {
    const entries = typeof inner === 'object' && inner !== null ? Object.entries(inner) : []
    if (entries.length === 0) leaves.set(path.join('.'), inner)
    for (const [key, each] of entries) visit(each, [...path, key])
  }
  if (value !== null && value !== undefined) visit(value, [])
  return leaves
}
