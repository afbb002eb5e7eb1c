import type { JsonObject } from '../core/json.ts'
import type { Answer } from './answer.ts'
import type { Ask, EmbeddingWireName, WireName } from './ask.ts'
import type { RefusalContext, RefusalName, Reply, StatusInside } from './fault.ts'
import type { Frame } from './frame.ts'

/** A request that arrived, its body parsed. */
export interface WireRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: JsonObject
  /** What the path said of the request: Gemini has the model and the kind of answer there. */
  readonly path: { readonly model: string; readonly streaming: boolean } | null
}

/** A request as read: understood, or wrong in a way that the provider would refuse. */
export type Reading =
  | { readonly type: 'ask'; readonly ask: Ask }
  | { readonly type: 'invalid'; readonly model: string; readonly detail: string }

export interface HeaderContext {
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly inputTokens: number
}

/** How a provider tells of an error after it has said 200. */
export interface MidStreamError {
  /** As an event of a stream. */
  readonly event: string
  /** The other way to say it, where the provider has two: Responses' `response.failed`. */
  readonly failedEvent?: string
  /** As the body of a unary answer. */
  readonly body: string
}

/** One provider's wire format: it only translates, and knows nothing of sockets, time or faults. */
export interface Wire {
  readonly name: WireName | EmbeddingWireName
  read(request: WireRequest): Reading
  /** The key that a request carries; null where it has none. */
  keyOf(headers: Readonly<Record<string, string>>, query: URLSearchParams): string | null
  /** The headers of every success, rate limits included, without the content type. */
  headers(context: HeaderContext): Record<string, string>
  /** The JSON text of a unary answer. */
  body(answer: Answer, ask: Ask): string
  /** The frames of a streamed answer. */
  frames(answer: Answer, ask: Ask): readonly Frame[]
  /** How the provider says no. */
  refuse(name: RefusalName, context: RefusalContext): Reply
  /** An error inside a stream, or inside the body of a 200. */
  readonly midStreamError: MidStreamError
  /** The same, as it tells of what would have been a status. */
  readonly statusInside: Readonly<Record<StatusInside, MidStreamError>>
  readonly streamType: string
  /** How many words of text make one content chunk. */
  readonly wordsInChunk: number
  /** A chunk that looks like this wire's and is no JSON. */
  readonly malformed: string
}
