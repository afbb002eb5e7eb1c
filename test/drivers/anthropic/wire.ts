/** An event of the Messages API. */
export interface WireEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** An event as the API streams it. */
export function frame(event: WireEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}

export function frames(events: readonly WireEvent[]): string[] {
  return events.map(frame)
}
