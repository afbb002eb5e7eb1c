import type { Attempt, AttemptOutcome } from '../../core/attempt.ts'
import type { AttemptCost } from '../../core/cost.ts'
import type { ProviderErrorKind } from '../../core/provider-error.ts'
import { readPrice } from '../settlement/attempt-columns.ts'

/** The columns of an attempt as the driver reads them: 64-bit integers are text, JSON is text too. */
export interface AttemptRowRead {
  readonly call_id: string
  readonly number: number
  readonly provider: string
  readonly model: string
  readonly answered_model: string | null
  readonly key_name: string | null
  readonly service_tier: string | null
  readonly outcome: AttemptOutcome
  readonly failure_kind: ProviderErrorKind | null
  readonly failure_message: string | null
  readonly http_status: number | null
  readonly started_ms: string
  readonly duration_ms: number
  readonly first_token_ms: number | null
  readonly input_tokens: string | null
  readonly cached_input_tokens: string | null
  readonly cache_write_tokens: string | null
  readonly cache_write_hour_tokens: string | null
  readonly output_tokens: string | null
  readonly reasoning_tokens: string | null
  readonly usage_estimated: boolean | null
  readonly cost_input: string | null
  readonly cost_cached_input: string | null
  readonly cost_cache_write: string | null
  readonly cost_output: string | null
  readonly price_text: string | null
}

export function attemptOf(row: AttemptRowRead): Attempt {
  return {
    number: row.number,
    provider: row.provider,
    model: row.model,
    answeredModel: row.answered_model,
    key: row.key_name,
    serviceTier: row.service_tier,
    outcome: row.outcome,
    failure: failureOf(row),
    startedAt: Number(row.started_ms),
    durationMs: row.duration_ms,
    firstTokenMs: row.first_token_ms,
    usage: usageOf(row),
    cost: costOf(row),
  }
}

function failureOf(row: AttemptRowRead): Attempt['failure'] {
  if (row.failure_message === null) return null
  return { message: row.failure_message, kind: row.failure_kind, httpStatus: row.http_status }
}

function usageOf(row: AttemptRowRead): Attempt['usage'] {
  if (row.input_tokens === null) return null
  return {
    inputTokens: Number(row.input_tokens),
    cachedInputTokens: Number(row.cached_input_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    cacheWriteHourTokens: Number(row.cache_write_hour_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    estimated: row.usage_estimated === true,
  }
}

function costOf(row: AttemptRowRead): AttemptCost {
  if (row.cost_input === null) return { priced: false }
  return {
    priced: true,
    parts: {
      input: BigInt(row.cost_input),
      cachedInput: BigInt(row.cost_cached_input ?? 0),
      cacheWrite: BigInt(row.cost_cache_write ?? 0),
      output: BigInt(row.cost_output ?? 0),
    },
    price: readPrice(row.price_text),
  }
}
