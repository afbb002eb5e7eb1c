/**
 * What a piece of a stream is: its preamble, content, what says why the answer ended, its usage (where that comes
 * apart), or the last mark of the wire.
 */
export type FrameKind = 'open' | 'content' | 'finish' | 'usage' | 'end'

/** A piece of a stream, as it goes over the wire. */
export interface Frame {
  readonly kind: FrameKind
  readonly bytes: string | Buffer
}

/** A server-sent event without a name, as OpenAI's Chat Completions send it. */
export function dataEvent(data: unknown): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

/** A server-sent event with a name, as Anthropic and OpenAI's Responses send it. */
export function namedEvent(data: { readonly type: string; readonly [name: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}
