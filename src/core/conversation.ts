import type { JsonObject, JsonValue } from './json.ts'

/** One part of what a user says. */
export type InputPart =
  | { readonly type: 'text'; readonly text: string }
  /** `url` is an https or data URL. */
  | { readonly type: 'image'; readonly url: string }
  /** `data` is base64. */
  | { readonly type: 'file'; readonly mediaType: string; readonly data: string; readonly name: string | null }

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: JsonValue
}

/** What a provider wants back in the next turn, with the configured name of the provider that made it. */
export interface ProviderState {
  readonly provider: string
  readonly state: JsonValue
}

export type Message =
  | { readonly role: 'system'; readonly text: string }
  | { readonly role: 'user'; readonly parts: readonly InputPart[] }
  | {
      readonly role: 'assistant'
      readonly text: string | null
      readonly toolCalls: readonly ToolCall[]
      readonly providerState: ProviderState | null
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string; readonly isError: boolean }

export interface ToolDefinition {
  readonly name: string
  readonly description: string | null
  /** JSON Schema of the arguments. */
  readonly parameters: JsonObject
  /** Null leaves it to the provider. */
  readonly strict: boolean | null
}

/** Null where the caller left the choice to the provider's default. */
export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string }

export type OutputSpec =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'schema'; readonly name: string; readonly schema: JsonObject }

/** Sampling options; null leaves an option to the provider's default. */
export interface Sampling {
  readonly maxOutputTokens: number | null
  readonly temperature: number | null
  readonly topP: number | null
  readonly stop: readonly string[]
  readonly seed: number | null
}

export type ReasoningEffort = 'NONE' | 'LOW' | 'MEDIUM' | 'HIGH'

/** At least one of the two is given. */
export interface Reasoning {
  readonly effort: ReasoningEffort | null
  /** The most tokens that the model may think. */
  readonly maxTokens: number | null
}

/** All that a model is asked, in no provider's terms. */
export interface Conversation {
  /** In order; a caller's `system` stands first as a system message. */
  readonly messages: readonly Message[]
  readonly tools: readonly ToolDefinition[]
  readonly toolChoice: ToolChoice | null
  readonly output: OutputSpec
  readonly sampling: Sampling
  readonly reasoning: Reasoning | null
}
