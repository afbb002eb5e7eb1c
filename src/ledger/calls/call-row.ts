import type { CallStatus, LedgerCall } from '../../core/call.ts'
import type { CallErrorType } from '../../core/call-error.ts'
import type { CacheStatus } from '../../core/completion.ts'
import type { RoutePlan } from '../../core/routing.ts'
import type { Tag } from '../../core/tag.ts'

/** The columns of a call as the driver reads them: 64-bit integers are text, JSON is text too. */
export interface CallRow {
  readonly id: string
  readonly created_ms: string
  readonly finished_ms: string | null
  readonly status: CallStatus
  readonly requested_model: string
  readonly provider: string | null
  readonly model: string | null
  readonly error_type: CallErrorType | null
  readonly error_message: string | null
  readonly input_tokens: string
  readonly cached_input_tokens: string
  readonly cache_write_tokens: string
  readonly cache_write_hour_tokens: string
  readonly output_tokens: string
  readonly reasoning_tokens: string
  readonly usage_estimated: boolean
  readonly priced: boolean
  readonly cost_input: string
  readonly cost_cached_input: string
  readonly cost_cache_write: string
  readonly cost_output: string
  readonly wasted: string
  readonly saved: string
  readonly total_ms: number | null
  readonly first_token_ms: number | null
  readonly overhead_ms: number | null
  readonly tags_text: string
  readonly end_user: string | null
  readonly cache_status: CacheStatus
  readonly plan_text: string | null
  readonly last_seq: number
}

/** What to select for a `CallRow`. */
export const CALL_COLUMNS = `
  id, extract(epoch from created_at) * 1000 as created_ms, extract(epoch from finished_at) * 1000 as finished_ms,
  status, requested_model, provider, model, error_type, error_message,
  input_tokens, cached_input_tokens, cache_write_tokens, cache_write_hour_tokens, output_tokens, reasoning_tokens,
  usage_estimated, priced, cost_input, cost_cached_input, cost_cache_write, cost_output, wasted, saved,
  total_ms, first_token_ms, overhead_ms, tags::text as tags_text, end_user, cache_status, plan::text as plan_text,
  last_seq`

export function ledgerCallOf(row: CallRow): LedgerCall {
  return {
    id: row.id,
    status: row.status,
    createdAt: Number(row.created_ms),
    finishedAt: row.finished_ms === null ? null : Number(row.finished_ms),
    requestedModel: row.requested_model,
    provider: row.provider,
    model: row.model,
    error: row.error_message === null ? null : { type: row.error_type, message: row.error_message },
    usage: usageOf(row),
    cost: {
      priced: row.priced,
      parts: {
        input: BigInt(row.cost_input),
        cachedInput: BigInt(row.cost_cached_input),
        cacheWrite: BigInt(row.cost_cache_write),
        output: BigInt(row.cost_output),
      },
      wasted: BigInt(row.wasted),
      saved: BigInt(row.saved),
    },
    latency: latencyOf(row),
    tags: tagsOf(row),
    endUser: row.end_user,
    cacheStatus: row.cache_status,
    plan: planOf(row),
    lastSeq: row.last_seq,
  }
}

function usageOf(row: CallRow): LedgerCall['usage'] {
  return {
    inputTokens: Number(row.input_tokens),
    cachedInputTokens: Number(row.cached_input_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    cacheWriteHourTokens: Number(row.cache_write_hour_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    estimated: row.usage_estimated,
  }
}

function latencyOf(row: CallRow): LedgerCall['latency'] {
  if (row.total_ms === null || row.overhead_ms === null) return null
  return { totalMs: row.total_ms, firstTokenMs: row.first_token_ms, overheadMs: row.overhead_ms }
}

function tagsOf(row: CallRow): readonly Tag[] {
  const tags: Tag[] = JSON.parse(row.tags_text)
  return tags
}

function planOf(row: CallRow): RoutePlan | null {
  if (row.plan_text === null) return null
  const plan: StoredPlan = JSON.parse(row.plan_text)
  const candidates = plan.candidates.map((candidate) => ({
    ...candidate,
    estimatedCost: candidate.estimatedCost === null ? null : BigInt(candidate.estimatedCost),
  }))
  const { variants = [], shadows = [], versions = [], request = null } = plan
  return { ...plan, candidates, variants, shadows, versions, request }
}

/** What plans of the first version do not have. */
type LaterField = 'variants' | 'shadows' | 'versions' | 'request'

/** JSON has no integers of this size, so the amounts are text. */
interface StoredPlan extends Omit<RoutePlan, 'candidates' | LaterField>, Partial<Pick<RoutePlan, LaterField>> {
  readonly candidates: readonly (Omit<RoutePlan['candidates'][number], 'estimatedCost'> & {
    readonly estimatedCost: string | null
  })[]
}
