import type { RoutingInput } from './completion-input.ts'

type Maybe<T> = T | null | undefined

/** `EmbedInput` as GraphQL hands it in: its types are checked, nothing else is. Null and absent mean the same. */
export interface EmbedInput {
  readonly model: string
  readonly texts: readonly string[]
  readonly dimensions?: Maybe<number>
  readonly routing?: Maybe<RoutingInput>
  readonly tags?: Maybe<readonly { readonly key: string; readonly value: string }[]>
  readonly endUser?: Maybe<string>
  readonly providerOptions?: unknown
}
