import type { Random } from '../core/clock.ts'

const BASE_MS = 400
const CAP_MS = 5_000

/**
 * How long to wait before the next try, in milliseconds: exponential with full jitter, so that the callers of a
 * provider that came back don't arrive in step (Marc Brooker, "Exponential Backoff and Jitter", AWS, 2015).
 * @param failures how many tries have failed so far, at least 1
 */
export function backoffMs(failures: number, random: Random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** (failures - 1))
}
