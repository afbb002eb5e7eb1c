import type { ContentEvent, DriverEvent } from '../core/driver.ts'

/** A number takes as much memory as four UTF-16 code units. */
const UNITS_PER_NUMBER = 4

/** Events on their way to a reader; neighbouring deltas of the same kind become one. */
export interface DeltaBuffer {
  push(event: DriverEvent): void
  shift(): DriverEvent | undefined
  clear(): void
  /** How much content waits in it, in UTF-16 code units. */
  size(): number
}

export function deltaBuffer(): DeltaBuffer {
  const events: DriverEvent[] = []
  let size = 0
  return {
    push(event) {
      const last = events.at(-1)
      const joined = last && joinedDelta(last, event)
      if (joined) events[events.length - 1] = joined
      else events.push(event)
      size += sizeOf(event)
    },
    shift() {
      const event = events.shift()
      if (event) size -= sizeOf(event)
      return event
    },
    clear() {
      events.length = 0
      size = 0
    },
    size: () => size,
  }
}

function joinedDelta(last: DriverEvent, event: DriverEvent): ContentEvent | null {
  if (last.type === 'text' && event.type === 'text') return { type: 'text', text: last.text + event.text }
  if (last.type === 'reasoning' && event.type === 'reasoning')
    return { type: 'reasoning', text: last.text + event.text }
  if (last.type !== 'toolCall' || event.type !== 'toolCall' || last.index !== event.index) return null
  return {
    type: 'toolCall',
    index: last.index,
    id: last.id ?? event.id,
    name: last.name ?? event.name,
    argumentsDelta: last.argumentsDelta + event.argumentsDelta,
  }
}

function sizeOf(event: DriverEvent): number {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return event.text.length
    case 'toolCall':
      return event.argumentsDelta.length
    case 'vectors':
      return event.vectors.length * (event.vectors[0]?.length ?? 0) * UNITS_PER_NUMBER
    default:
      return 0
  }
}
