import type { ReasoningEffort } from './conversation.ts'
import type { CacheMode } from './request.ts'
import type { MidStreamPolicy } from './settings.ts'

type Maybe<T> = T | null | undefined

/**
 * `CompletionInput` as GraphQL hands it in: its types are checked, nothing else is. Null and absent mean the same.
 * JSON values are whatever the caller sent.
 */
export interface CompletionInput {
  readonly model: string
  readonly prompt?: Maybe<string>
  readonly system?: Maybe<string>
  readonly messages?: Maybe<readonly MessageInput[]>
  readonly tools?: Maybe<readonly ToolInput[]>
  readonly toolChoice?: Maybe<{ readonly mode?: Maybe<'AUTO' | 'NONE' | 'REQUIRED'>; readonly tool?: Maybe<string> }>
  readonly output?: Maybe<{
    readonly format?: Maybe<'TEXT' | 'JSON'>
    readonly schema?: Maybe<{ readonly name: string; readonly schema: unknown }>
  }>
  readonly maxOutputTokens?: Maybe<number>
  readonly temperature?: Maybe<number>
  readonly topP?: Maybe<number>
  readonly stop?: Maybe<readonly string[]>
  readonly seed?: Maybe<number>
  readonly reasoning?: Maybe<{ readonly effort?: Maybe<ReasoningEffort>; readonly maxTokens?: Maybe<number> }>
  readonly routing?: Maybe<RoutingInput>
  readonly cache?: Maybe<CacheMode>
  readonly tags?: Maybe<readonly { readonly key: string; readonly value: string }[]>
  readonly endUser?: Maybe<string>
  readonly idempotencyKey?: Maybe<string>
  readonly providerOptions?: unknown
}

/** Exactly one field is given: GraphQL's `@oneOf` sees to it. */
export interface MessageInput {
  readonly system?: Maybe<string>
  readonly user?: Maybe<readonly InputPartInput[]>
  readonly assistant?: Maybe<AssistantMessageInput>
  readonly toolResult?: Maybe<{
    readonly toolCallId: string
    readonly content: string
    readonly isError?: Maybe<boolean>
  }>
}

/** Exactly one field is given. */
export interface InputPartInput {
  readonly text?: Maybe<string>
  readonly imageUrl?: Maybe<string>
  readonly file?: Maybe<{ readonly mediaType: string; readonly data: string; readonly name?: Maybe<string> }>
}

export interface AssistantMessageInput {
  readonly text?: Maybe<string>
  readonly toolCalls?: Maybe<readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]>
  readonly providerState?: unknown
}

export interface ToolInput {
  readonly name: string
  readonly description?: Maybe<string>
  readonly parameters: unknown
  readonly strict?: Maybe<boolean>
}

export interface RoutingInput {
  readonly fallbacks?: Maybe<readonly string[]>
  /** An exact decimal, as text. */
  readonly maxCostUsd?: Maybe<string>
  readonly firstTokenTimeoutMs?: Maybe<number>
  readonly idleTimeoutMs?: Maybe<number>
  readonly totalTimeoutMs?: Maybe<number>
  readonly midStream?: Maybe<MidStreamPolicy>
}
