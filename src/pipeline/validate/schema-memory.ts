import { createHash } from 'node:crypto'

/**
 * Remembers what was found out about a schema by the hash of its text: callers send the same ones with every request.
 * The oldest goes first.
 */
export function rememberSchemas<T>(most: number): (text: string, findOut: () => T) => T {
  const known = new Map<string, T>()
  return (text, findOut) => {
    const key = createHash('sha256').update(text).digest('base64')
    const remembered = known.get(key)
    if (remembered !== undefined) return remembered
    const found = findOut()
    const oldest = known.size >= most ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(key, found)
    return found
  }
}
