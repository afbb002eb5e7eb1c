import type { Clock } from '../core/clock.ts'

/** How long a provider gets to end its stream by itself, in milliseconds; a connection that it has ended can be used again. */
export const END_GRACE_MS = 250

const LATE = Symbol('late')

/** The next of an iterator, or null where it takes longer. What comes after that is not waited for. */
export async function nextWithin<T>(
  iterator: AsyncIterator<T, unknown>,
  ms: number,
  clock: Clock,
): Promise<IteratorResult<T, unknown> | null> {
  const late = Promise.withResolvers<typeof LATE>()
  const cancel = clock.after(ms, () => late.resolve(LATE))
  const next = iterator.next()
  next.catch(() => undefined)
  try {
    const first = await Promise.race([next, late.promise])
    return first === LATE ? null : first
  } finally {
    cancel()
  }
}
