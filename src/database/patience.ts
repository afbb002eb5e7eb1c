import type { Clock } from '../core/clock.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import { failureOf } from './failure.ts'

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 500

/**
 * Carries out work on the database, again where it lost against another transaction, and again after a pause where the
 * database is away.
 * @param work must be safe to repeat, also where its last commit may have happened
 * @throws LedgerUnavailable where the database is away for longer than `boundMs`
 */
export async function patiently<T>(clock: Clock, boundMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = clock.monotonic() + boundMs
  let pause = FIRST_PAUSE_MS
  while (true) {
    try {
      return await bounded(clock, deadline - clock.monotonic(), work())
    } catch (error) {
      const failure = failureOf(error)
      if (failure !== 'away' && failure !== 'conflict') throw error
      if (clock.monotonic() + pause >= deadline) throw new LedgerUnavailable('The database is away', { cause: error })
    }
    await new Promise<void>((resolve) => clock.after(pause, resolve))
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
  }
}

/**
 * Waits for a promise, but no longer than `ms`; what becomes of it later is not looked at.
 * @throws LedgerUnavailable when the time is over
 */
export async function bounded<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const stop = clock.after(Math.max(0, ms), () =>
      reject(new LedgerUnavailable('The database does not answer in time')),
    )
    promise.then(resolve, reject).finally(stop)
  })
}
