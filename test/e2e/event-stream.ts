import type { Event, EventOf } from './answers.ts'

/** The events of one subscription, as they come. */
export interface EventStream {
  /** What has been read so far. */
  readonly seen: readonly Event[]
  /** Reads on until an event of this type comes; fails where the stream ends before. */
  until<Name extends Event['__typename']>(name: Name): Promise<EventOf<Name>>
  /** Reads to the end; returns all events. */
  all(): Promise<readonly Event[]>
  /** Goes away, as a closed browser tab does. */
  leave(): void
}

/** A subscription over server-sent events, read with nothing but fetch. */
export async function openStream(url: string, secret: string, body: unknown): Promise<EventStream> {
  const controller = new AbortController()
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify(body),
    signal: controller.signal,
  })
  if (response.status !== 200 || !response.body) throw new Error(`${response.status} ${await response.text()}`)
  return eventStream(eventsOf(response.body.getReader()), () => controller.abort())
}

function eventStream(events: AsyncGenerator<Event>, leave: () => void): EventStream {
  const seen: Event[] = []

  async function next(): Promise<Event | null> {
    const result = await events.next()
    if (result.done) return null
    seen.push(result.value)
    return result.value
  }

  return {
    seen,
    leave,
    async until<Name extends Event['__typename']>(name: Name) {
      for (let event = await next(); event; event = await next()) {
        if (is(event, name)) return event
      }
      throw new Error(`The stream ended without ${name}: ${seen.map((each) => each.__typename).join(', ')}`)
    },
    async all() {
      while (await next());
      return seen
    },
  }
}

function is<Name extends Event['__typename']>(event: Event, name: Name): event is EventOf<Name> {
  return event.__typename === name
}

/** All events of one type. */
export function only<Name extends Event['__typename']>(events: readonly Event[], name: Name): EventOf<Name>[] {
  return events.filter((event) => is(event, name))
}

interface ByteReader {
  read(): Promise<{ readonly done: false; readonly value: Uint8Array } | { readonly done: true }>
}

async function* eventsOf(reader: ByteReader): AsyncGenerator<Event> {
  const decoder = new TextDecoder()
  let rest = ''
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const messages = (rest + decoder.decode(read.value, { stream: true })).split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const event = eventIn(message)
      if (event === 'complete') return
      if (event) yield event
    }
  }
  throw new Error('The stream ended without "complete"')
}

interface Payload {
  readonly data?: Readonly<Record<string, Event>> | null
  readonly errors?: readonly { readonly message: string }[]
}

/** The event in one message; null in a ping. */
function eventIn(message: string): Event | 'complete' | null {
  if (message.startsWith('event: complete')) return 'complete'
  if (!message.startsWith('event: next')) return null
  const payload: Payload = JSON.parse(message.slice(message.indexOf('data: ') + 6))
  const [event] = Object.values(payload.data ?? {})
  if (!event) throw new Error(`The stream brought an error: ${JSON.stringify(payload.errors)}`)
  return event
}
