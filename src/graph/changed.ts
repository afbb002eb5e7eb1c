import type { Changed } from '../core/changed.ts'
import type { InvalidInput } from './invalid-input-error.ts'
import type { NotFound } from './not-found-error.ts'

/** What became of a change, as a member of its union. */
export function changed<T>(result: Changed<T>): T | InvalidInput | NotFound {
  return result.type === 'done' ? result.value : result
}

/** Which member of its union a result is. */
export function typeOfChanged<Name extends string>(
  name: Name,
  result: object,
): Name | 'InvalidInputError' | 'NotFoundError' {
  if ('issues' in result) return 'InvalidInputError'
  return 'message' in result ? 'NotFoundError' : name
}
