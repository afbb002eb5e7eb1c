import type { z } from 'zod'
import type { Problems } from './problem.ts'

/** Reads one part of the configuration; null where it is wrong, and then says what is, with its whole path. */
export function readSection<T>(schema: z.ZodType<T>, value: unknown, path: string, problems: Problems): T | null {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  for (const issue of read.error.issues) {
    const place = [...(path === '' ? [] : [path]), ...issue.path.map(String)].join('.')
    problems.add(place === '' ? 'default export' : place, issue.message)
  }
  return null
}
