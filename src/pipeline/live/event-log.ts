import type { NumberedEvent } from '../../core/events.ts'
import { type LogEnd, logReader } from './log-reader.ts'

/** The events of one call so far, for any number of readers. */
export interface EventLog {
  append(event: NumberedEvent): void
  /** No more events come; with an error, readers that have read all of them get it. */
  end(error?: unknown): void
  /** Reads what comes after event number `after`. `return()` takes effect at once, also while a `next()` is pending. */
  read(after: number, onLeave: () => void): AsyncIterableIterator<NumberedEvent>
  /** About how much memory it holds, in bytes. */
  size(): number
}

const BYTES_PER_EVENT = 200
const BYTES_PER_CHARACTER = 2

export function eventLog(): EventLog {
  const events: NumberedEvent[] = []
  const waiting = new Set<() => void>()
  let end: LogEnd = { type: 'open' }
  let characters = 0

  function wakeAll(): void {
    const woken = [...waiting]
    waiting.clear()
    for (const wake of woken) wake()
  }

  return {
    append(event) {
      events.push(event)
      characters += charactersOf(event)
      wakeAll()
    },
    end(error) {
      end = error === undefined ? { type: 'ended' } : { type: 'failed', error }
      wakeAll()
    },
    size: () => events.length * BYTES_PER_EVENT + characters * BYTES_PER_CHARACTER,
    read: (after, onLeave) => logReader({ events, waiting, end: () => end }, after, onLeave),
  }
}

function charactersOf({ event }: NumberedEvent): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return event.text.length
    case 'toolCall':
      return event.argumentsDelta.length
    case 'finished':
      return event.completion.text.length + (event.completion.reasoning?.length ?? 0)
    default:
      return 0
  }
}
