/**
 * The keys of a path that was written with dots between them, as they stand in the value that it leads through: keys
 * may have dots themselves, as names of models do.
 */
export function issuePath(value: unknown, path: string): readonly string[] {
  if (path === '') return []
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  const key = keys
    .filter((each) => path === each || path.startsWith(`${each}.`))
    .sort((a, b) => b.length - a.length)
    .at(0)
  if (key === undefined) return path.split('.')
  const inner = (value as Readonly<Record<string, unknown>>)[key]
  return [key, ...issuePath(inner, path.slice(key.length + 1))]
}
