/** Time, as an argument: what the code asks it of, a test can set. */
export interface Clock {
  /** Milliseconds since 1970, for what is stored and shown. */
  now(): number
  /** Milliseconds since some fixed point, never going back, for durations. */
  monotonic(): number
  /** Runs `task` once after `ms`; the returned function calls it off. */
  after(ms: number, task: () => void): () => void
}

/** A number from 0, inclusive, to 1, exclusive. */
export type Random = () => number

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    // Node drops fractions of a millisecond, and counts from the last turn of its loop: a timer may fire up to one early.
    const timer = setTimeout(task, Math.ceil(ms) + 1)
    return () => clearTimeout(timer)
  },
}

/** Waits, or throws the signal's reason as soon as it is aborted. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const onAbort = () => {
      cancel()
      reject(signal.reason)
    }
    const cancel = clock.after(ms, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
