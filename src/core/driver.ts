import type { Conversation, ReasoningEffort } from './conversation.ts'
import type { InputIssue } from './input-issue.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { TokenUsage } from './usage.ts'
import type { Vector } from './vector.ts'

/** The drivers there are. A provider's configuration names one. */
export const DRIVER_NAMES = ['openai', 'openai-compatible', 'anthropic', 'google'] as const
export type DriverName = (typeof DRIVER_NAMES)[number]

/**
 * Speaks one wire API on that API's official SDK. It translates and classifies; it never retries, prices, caches,
 * logs, routes or reads the environment.
 */
export interface Driver {
  /**
   * Asks the provider. Yields one `start`, then content as it comes, then exactly one `finish`.
   * @throws ProviderError for whatever the provider does wrong; the signal's own reason where it was aborted. After an
   * abort the request's socket is closed.
   */
  stream(request: DriverRequest, signal: AbortSignal): AsyncIterable<DriverEvent>
  /**
   * What this driver cannot express of a conversation, each with the path of its field in `CompletionInput`. Empty
   * where it can express all. Asks nobody.
   */
  unsupported(request: ExpressionCheck): readonly InputIssue[]
  /**
   * Whether the model goes on from the last message of this conversation, which is the assistant's and the beginning of its
   * answer (a prefill). An answer may repeat it. Asks nobody.
   */
  takesPrefill(request: ExpressionCheck): boolean
  /**
   * How hard the model thinks about a request before it answers: as asked, else as it does by itself; NONE where it
   * does not. A guess by what is known of the model, for waiting long enough. Asks nobody.
   */
  thinking(request: ExpressionCheck): ReasoningEffort
  /**
   * Asks for the provider's list of models, which costs nothing: whether it is there and takes the key.
   * @throws ProviderError for whatever it does wrong; the signal's own reason where it was aborted
   */
  reach(secret: string | null, signal: AbortSignal): Promise<void>
  /** Null where the wire API has no embeddings. */
  readonly embeddings: EmbeddingDriver | null
}

/** The part of a driver that turns texts into vectors. */
export interface EmbeddingDriver {
  /**
   * Asks the provider, in as many requests as its limits need, one after another. Yields one `start`, then the vectors of
   * each request in the order of the texts, then exactly one `finish` with the usage of all requests together.
   * @throws ProviderError for whatever the provider does wrong; the signal's own reason where it was aborted. After an
   * abort the request's socket is closed.
   */
  embed(request: EmbeddingRequest, signal: AbortSignal): AsyncIterable<DriverEvent>
  /** What it cannot express of a request, each with the path of its field in `EmbedInput`. Asks nobody. */
  unsupported(request: EmbeddingCheck): readonly InputIssue[]
}

/** What a driver needs to know to tell whether it can express a request for vectors. */
export type EmbeddingCheck = Pick<EmbeddingRequest, 'model' | 'texts' | 'dimensions'>

export interface EmbeddingRequest {
  /** The model by the provider's own name, without the provider. */
  readonly model: string
  readonly texts: readonly string[]
  /** How many numbers each vector shall have; null leaves the model's own number. */
  readonly dimensions: number | null
  /** The secret of the key to use; null where the provider needs none. */
  readonly secret: string | null
  /** `providerOptions` for this provider, merged into each of the provider's request bodies untouched. */
  readonly options: JsonObject
}

/** What a driver needs to know to tell whether it can express a request. */
export interface ExpressionCheck {
  readonly model: string
  readonly conversation: Conversation
}

export interface DriverRequest {
  /** The model by the provider's own name, without the provider. */
  readonly model: string
  /** `providerState` in it is this provider's own; any other's has been dropped. */
  readonly conversation: Conversation
  /** The secret of the key to use; null where the provider needs none. */
  readonly secret: string | null
  /** Whether the provider is asked for a stream or for a single answer; the events are the same. */
  readonly upstream: Upstream
  /** `providerOptions` for this provider, merged into the provider's request body untouched. */
  readonly options: JsonObject
}

export type Upstream = 'stream' | 'unary'

/** Content as it comes. An index counts the tool calls of the answer from 0. */
export type ContentEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | ToolCallDelta

export interface ToolCallDelta {
  readonly type: 'toolCall'
  readonly index: number
  /** Given with the first delta of a tool call, null in later ones. */
  readonly id: string | null
  readonly name: string | null
  /** More of the arguments' JSON text; may be empty. A tool call without arguments yields `{}`. */
  readonly argumentsDelta: string
}

export type DriverEvent = DriverStart | ContentEvent | VectorsEvent | DriverFinish

/** The vectors of the next texts, all that one request brought. Clients see them only when all are there. */
export interface VectorsEvent {
  readonly type: 'vectors'
  readonly vectors: readonly Vector[]
  /** Of this one request; null where the provider reported none. */
  readonly usage: TokenUsage | null
}

/** The provider has accepted the request: its status is a success and its headers are here. */
export interface DriverStart {
  readonly type: 'start'
  readonly limits: KeyLimits
}

/** What a provider's headers say of a key's limits; null where they say nothing. Resets are in milliseconds from now. */
export interface KeyLimits {
  readonly remainingRequests: number | null
  readonly remainingTokens: number | null
  readonly requestsResetMs: number | null
  readonly tokensResetMs: number | null
}

export const NO_LIMITS: KeyLimits = {
  remainingRequests: null,
  remainingTokens: null,
  requestsResetMs: null,
  tokensResetMs: null,
}

export type FinishReason = 'STOP' | 'LENGTH' | 'TOOL_CALLS' | 'CONTENT_FILTER' | 'REFUSAL'

/** The provider's own end mark was seen. */
export interface DriverFinish {
  readonly type: 'finish'
  readonly reason: FinishReason
  /** Null where the provider reported none; the pipeline then counts. */
  readonly usage: TokenUsage | null
  /** The model that the provider says answered; null where it does not say. */
  readonly model: string | null
  /** What the provider wants back in the next turn; null where nothing. */
  readonly providerState: JsonValue
  /** A tier with prices of its own that served the request (`flex`, `priority`, `batch`); null for the usual one. */
  readonly serviceTier: string | null
}

/** Fetch as the official SDKs take it. */
export type Fetch = typeof globalThis.fetch
