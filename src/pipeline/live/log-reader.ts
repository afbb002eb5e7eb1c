import type { NumberedEvent } from '../../core/events.ts'

export type LogEnd =
  | { readonly type: 'open' }
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: unknown }

/** What a reader sees of a log. */
export interface ReadableLog {
  readonly events: readonly NumberedEvent[]
  /** Called, and forgotten, with the next change. */
  readonly waiting: Set<() => void>
  end(): LogEnd
}

type Result = IteratorResult<NumberedEvent, undefined>

const DONE: Result = { done: true, value: undefined }

/**
 * Reads a log from behind event number `after`, then what is appended to it.
 * @param onLeave called once, when the reader has left or read everything
 */
export function logReader(log: ReadableLog, after: number, onLeave: () => void): AsyncIterableIterator<NumberedEvent> {
  let position = Math.max(after, 0)
  let left = false
  let wake: (() => void) | null = null

  function leave(): void {
    if (!left) onLeave()
    left = true
  }

  /** What can be said at once; null where the reader has to wait. */
  function atHand(): Result | null {
    const event = left ? undefined : log.events[position]
    if (event) {
      position += 1
      return { done: false, value: event }
    }
    const end = log.end()
    if (!left && end.type === 'open') return null
    leave()
    if (end.type === 'failed') throw end.error
    return DONE
  }

  function change(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve
      log.waiting.add(resolve)
    })
  }

  return {
    async next() {
      let result = atHand()
      while (!result) {
        await change()
        result = atHand()
      }
      return result
    },
    async return() {
      leave()
      if (wake) log.waiting.delete(wake)
      wake?.()
      return DONE
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
