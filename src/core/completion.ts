import type { Attempt } from './attempt.ts'
import type { ProviderState, ToolCall } from './conversation.ts'
import type { CallCost } from './cost.ts'
import type { FinishReason } from './driver.ts'
import type { JsonValue } from './json.ts'
import type { TokenUsage } from './usage.ts'

/** What ended an answer that grew too long. */
export type LengthLimit = 'MAX_OUTPUT_TOKENS' | 'MAX_COST' | 'QUOTA' | 'MODEL'

export type CacheStatus = 'HIT' | 'MISS' | 'BYPASS'

export interface CallLatency {
  readonly totalMs: number
  /** From the request at the door to the first delta handed on; null where there was none. */
  readonly firstTokenMs: number | null
  /** The gateway's own share: the total less the time spent waiting for providers. */
  readonly overheadMs: number
}

/** What every answer of a call says of itself. */
export interface Answer {
  readonly callId: string
  readonly provider: string
  readonly model: string
  readonly usage: TokenUsage
  readonly cost: CallCost
  readonly latency: CallLatency
  readonly attempts: readonly Attempt[]
  readonly cacheStatus: CacheStatus
}

/** The answer of a call that asked for a completion. */
export interface Completion extends Answer {
  readonly text: string
  readonly reasoning: string | null
  /** The answer parsed, where JSON was asked for; undefined where it was not. */
  readonly json: JsonValue | undefined
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: FinishReason
  /** Null where it did not grow too long. */
  readonly lengthLimit: LengthLimit | null
  readonly providerState: ProviderState | null
}
