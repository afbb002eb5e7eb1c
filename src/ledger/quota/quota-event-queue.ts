import type { QuotaEvent } from '../../core/quota-event.ts'

/** What one follower has not taken yet. */
export interface EventQueue {
  push(event: QuotaEvent): void
  readonly events: AsyncIterableIterator<QuotaEvent>
}

type Result = IteratorResult<QuotaEvent, undefined>

const DONE: Result = { done: true, value: undefined }
/** Whoever is further behind misses the oldest. */
const MOST_WAITING = 1_000

/** @param onLeave called once, when the follower leaves */
export function eventQueue(onLeave: () => void): EventQueue {
  const waiting: QuotaEvent[] = []
  let hand: ((result: Result) => void) | null = null
  let left = false

  function give(result: Result): boolean {
    const taker = hand
    hand = null
    taker?.(result)
    return taker !== null
  }

  return {
    push(event) {
      if (left || give({ done: false, value: event })) return
      waiting.push(event)
      if (waiting.length > MOST_WAITING) waiting.shift()
    },
    events: {
      next() {
        const ready = waiting.shift()
        if (left) return Promise.resolve(DONE)
        if (ready) return Promise.resolve({ done: false, value: ready })
        return new Promise((resolve) => {
          hand = resolve
        })
      },
      return() {
        if (!left) onLeave()
        left = true
        give(DONE)
        return Promise.resolve(DONE)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    },
  }
}
