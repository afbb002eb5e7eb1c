/** A value that a test expects to be there. */
export function present<T>(value: T | null | undefined): T {
  if (value == null) throw new Error('It is not there')
  return value
}
