import type { Attempt, CallError, Cost, Latency, Usage } from './answers.ts'
import type { Client } from './client.ts'

export interface Embedding {
  readonly __typename: 'Embedding'
  readonly callId: string
  readonly vectors: readonly (readonly number[])[]
  readonly provider: string
  readonly model: string
  readonly usage: Usage
  readonly cost: Cost
  readonly latency: Latency
  readonly attempts: readonly Attempt[]
}

const USAGE = 'inputTokens cachedInputTokens cacheWriteTokens outputTokens reasoningTokens estimated'
const ATTEMPT = `
  number provider model outcome error errorKind httpStatus startedAt durationMs firstTokenMs costUsd usage { ${USAGE} }`

const EMBED = `
mutation ($input: EmbedInput!) {
  embed(input: $input) {
    __typename
    ... on Embedding {
      callId vectors provider model
      usage { ${USAGE} }
      cost { totalUsd inputUsd cachedInputUsd cacheWriteUsd outputUsd wastedUsd savedUsd priced }
      latency { totalMs firstTokenMs overheadMs }
      attempts { ${ATTEMPT} }
    }
    ... on CallError { message callId retryable retryAfterMs }
    ... on InvalidRequestError { issues { path message } attempts { ${ATTEMPT} } }
    ... on AllAttemptsFailedError { attempts { ${ATTEMPT} } }
    ... on TimeoutError { attempts { ${ATTEMPT} } }
  }
}`

export type EmbedInput = Readonly<Record<string, unknown>> & {
  readonly model: string
  readonly texts: readonly string[]
}

/** Asks a frontend's Switchyard for vectors. */
export async function embed(client: Client, input: EmbedInput, signal?: AbortSignal): Promise<Embedding | CallError> {
  const { data, errors } = await client.post<{ embed: Embedding | CallError }>(EMBED, { input }, signal)
  if (!data || errors.length > 0) throw new Error(`GraphQL errors: ${JSON.stringify(errors)}`)
  return data.embed
}

/** The same where only vectors will do. */
export async function vectorsOf(client: Client, input: EmbedInput): Promise<Embedding> {
  const result = await embed(client, input)
  if (result.__typename === 'Embedding') return result
  throw new Error(`${result.__typename}: ${result.message}`)
}

/** The same where only an error will do. */
export async function embedRefusal(client: Client, input: EmbedInput): Promise<CallError> {
  const result = await embed(client, input)
  if (result.__typename !== 'Embedding') return result
  throw new Error(`There are ${result.vectors.length} vectors`)
}

export function textsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `text number ${index}`)
}
