import type { JsonObject } from '../core/json.ts'

/** The wire formats in which conversations are spoken here. */
export const WIRE_NAMES = ['openai-chat', 'openai-responses', 'anthropic', 'google'] as const
export type WireName = (typeof WIRE_NAMES)[number]

/** The wire formats in which texts are turned into vectors. */
export const EMBEDDING_WIRE_NAMES = ['openai-embeddings', 'google-embeddings'] as const
export type EmbeddingWireName = (typeof EMBEDDING_WIRE_NAMES)[number]

export interface AskedTool {
  readonly name: string
  /** JSON Schema of the arguments; an empty object where the request gave none. */
  readonly schema: JsonObject
}

export type AskedChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }

export type AskedFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly schema: JsonObject }

/** Whether the model shall think, and whether its thoughts are sent along or only counted. */
export type AskedReasoning = 'none' | 'counted' | 'shown'

/** The beginning of the answer, given by whoever asks: the model goes on from it. */
export interface Prefill {
  readonly text: string
  /** Whether the answer holds it once more, before what is new. */
  readonly echoed: boolean
}

/** What a request asks for, in no wire's terms. */
export interface Ask {
  /** As sent, behaviours included. */
  readonly model: string
  readonly streaming: boolean
  /** Whether a stream tells its usage: always, but in Chat Completions only on demand. */
  readonly streamsUsage: boolean
  readonly lastUserText: string
  /** Null where the answer begins at its beginning. */
  readonly prefill: Prefill | null
  /** What the tools said, where the conversation ends with tool results. */
  readonly toolResults: readonly string[]
  /** How long all text of the request is, to count its tokens. */
  readonly inputCharacters: number
  readonly tools: readonly AskedTool[]
  readonly choice: AskedChoice
  readonly format: AskedFormat
  readonly maxTokens: number | null
  readonly stops: readonly string[]
  readonly reasoning: AskedReasoning
  /** The request's JSON, for the wires that repeat parts of it. */
  readonly body: JsonObject
}
