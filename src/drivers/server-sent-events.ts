/** One server-sent event (WHATWG HTML, "Server-sent events"). */
export interface ServerSentEvent {
  /** Null where the event has no name. */
  readonly event: string | null
  readonly data: string
  /** False for a last event that the stream's end cut off before its blank line: its data may be incomplete. */
  readonly terminated: boolean
}

/** Puts events together from bytes that may be cut anywhere, also inside a character or a line end. */
export interface EventDecoder {
  /** The events that these bytes complete, often none. */
  push(bytes: Uint8Array): readonly ServerSentEvent[]
  /** What stood without its end when the stream was over. */
  flush(): readonly ServerSentEvent[]
}

/**
 * The SDK's own decoder tells neither `[DONE]` from a stream's plain end nor a cut last event from a whole one, and
 * hands out one event per turn of the event loop; a driver needs the former and gains from the latter.
 */
export function eventDecoder(): EventDecoder {
  const text = new TextDecoder('utf-8')
  let rest = ''
  let name: string | null = null
  let data: string | null = null

  const take = (terminated: boolean): readonly ServerSentEvent[] => {
    const event = data === null ? [] : [{ event: name, data, terminated }]
    name = null
    data = null
    return event
  }
  const line = (content: string): void => {
    const value = (field: string) =>
      content.slice(content[field.length + 1] === ' ' ? field.length + 2 : field.length + 1)
    if (content.startsWith('data:')) data = data === null ? value('data') : `${data}\n${value('data')}`
    else if (content.startsWith('event:')) name = value('event')
  }
  const lines = (chunk: string, atEnd: 'more' | 'end'): readonly ServerSentEvent[] => {
    const events: ServerSentEvent[] = []
    let from = 0
    for (;;) {
      const end = lineEnd(chunk, from)
      if (end === -1 || (atEnd === 'more' && isUncertain(chunk, end))) break
      if (end === from) events.push(...take(true))
      else line(chunk.slice(from, end))
      from = end + (chunk[end] === '\r' && chunk[end + 1] === '\n' ? 2 : 1)
    }
    rest = chunk.slice(from)
    return events
  }

  return {
    push: (bytes) => lines(rest + text.decode(bytes, { stream: true }), 'more'),
    flush() {
      const events = [...lines(rest + text.decode(), 'end')]
      if (rest !== '') line(rest)
      rest = ''
      events.push(...take(false))
      return events
    },
  }
}

function lineEnd(text: string, from: number): number {
  const feed = text.indexOf('\n', from)
  const carriage = text.indexOf('\r', from)
  if (feed === -1) return carriage
  return carriage === -1 ? feed : Math.min(feed, carriage)
}

/** A carriage return at the end of what has come may be the first half of a line end. */
function isUncertain(text: string, end: number): boolean {
  return text[end] === '\r' && end === text.length - 1
}
