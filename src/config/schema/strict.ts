import { z } from 'zod'
import { nearest } from '../nearest.ts'

/** An object that refuses unknown keys and says which known one may be meant. */
export function strict<T extends z.core.$ZodLooseShape>(shape: T) {
  const known = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return `write an object with ${known.join(', ')}`
      return issue.keys.map((key) => unknownKey(key, known)).join('; ')
    },
  })
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  return `"${key}" is unknown here: ${meant === null ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`}`
}

/** The words for a value that is wrong or missing. */
export function saying(advice: string) {
  return {
    error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? `is missing: ${advice}` : advice),
  }
}
