/** What the documents of these tests get back. */

export interface Usage {
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly estimated: boolean
}

export interface Cost {
  readonly totalUsd: string | null
  readonly inputUsd: string | null
  readonly cachedInputUsd: string | null
  readonly cacheWriteUsd: string | null
  readonly outputUsd: string | null
  readonly wastedUsd: string | null
  readonly savedUsd: string | null
  readonly priced: boolean
}

export interface Latency {
  readonly totalMs: number
  readonly firstTokenMs: number | null
  readonly overheadMs: number
}

export interface Attempt {
  readonly number: number
  readonly provider: string
  readonly model: string
  readonly outcome: string
  readonly error: string | null
  readonly errorKind: string | null
  readonly httpStatus: number | null
  readonly startedAt: string
  readonly durationMs: number
  readonly firstTokenMs: number | null
  readonly costUsd: string | null
  readonly usage: Usage | null
}

export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

export interface Completion {
  readonly __typename: 'Completion'
  readonly callId: string
  readonly text: string
  readonly reasoning: string | null
  readonly json: unknown
  readonly finishReason: string
  readonly lengthLimit: string | null
  readonly provider: string
  readonly model: string
  readonly cacheStatus: string
  readonly providerState: unknown
  readonly toolCalls: readonly ToolCall[]
  readonly usage: Usage
  readonly cost: Cost
  readonly latency: Latency
  readonly attempts: readonly Attempt[]
}

export interface CallError {
  readonly __typename: `${string}Error`
  readonly message: string
  readonly callId: string
  readonly retryable: boolean
  readonly retryAfterMs: number | null
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[]
  readonly provider?: string
  readonly attempts?: readonly Attempt[]
}

export interface Plan {
  readonly route: string
  readonly strategy: string
  readonly candidates: readonly {
    readonly provider: string
    readonly model: string
    readonly reason: string
    readonly eligible: boolean
    readonly estimatedCostUsd: string | null
  }[]
}

interface Place {
  readonly callId: string
  readonly seq: number
}

export type Event = Place &
  (
    | { readonly __typename: 'CompletionStarted'; readonly plan: Plan }
    | {
        readonly __typename: 'AttemptStarted'
        readonly number: number
        readonly provider: string
        readonly model: string
      }
    | { readonly __typename: 'TextDelta' | 'ReasoningDelta'; readonly text: string }
    | {
        readonly __typename: 'ToolCallDelta'
        readonly index: number
        readonly toolCallId: string | null
        readonly name: string | null
        readonly argumentsDelta: string
      }
    | {
        readonly __typename: 'AttemptFailed'
        readonly attempt: Attempt
        readonly outputVoided: boolean
        readonly willContinue: boolean
      }
    | { readonly __typename: 'CompletionFinished'; readonly completion: Completion }
    | { readonly __typename: 'CompletionFailed'; readonly error: CallError }
  )

export type EventOf<Name extends Event['__typename']> = Extract<Event, { readonly __typename: Name }>

export interface Call {
  readonly __typename: 'Call'
  readonly id: string
  readonly status: string
  readonly createdAt: string
  readonly finishedAt: string | null
  readonly requestedModel: string
  readonly provider: string | null
  readonly model: string | null
  readonly error: string | null
  readonly endUser: string | null
  readonly cacheStatus: string
  readonly usage: Usage
  readonly cost: Cost
  readonly latency: Latency | null
  readonly attempts: readonly Attempt[]
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

export interface CallPage {
  readonly edges: readonly { readonly cursor: string; readonly node: Call }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

export interface Metrics {
  readonly calls: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly refused: number
  readonly attempts: number
  readonly cacheHits: number
  readonly inputTokens: number
  readonly cachedInputTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  readonly costUsd: string
  readonly wastedUsd: string
  readonly savedUsd: string
  readonly unpricedCalls: number
  readonly p50: number | null
  readonly p99: number | null
  readonly first50: number | null
}

export interface UsageReport {
  readonly total: Metrics
  readonly rows: readonly {
    readonly periodStart: string | null
    readonly group: readonly { readonly dimension: string; readonly value: string | null }[]
    readonly metrics: Metrics
  }[]
}
