import type { ReplayableCall, ReplayableQuery, ReplaySample } from '../../core/replay.ts'
import type { PlannedRequest, RouteSignal } from '../../core/routing.ts'
import type { Tag } from '../../core/tag.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'

interface ReplayableRow {
  readonly id: string
  readonly created_ms: string
  readonly provider: string
  readonly model: string
  readonly end_user: string | null
  readonly tags_text: string
  readonly input_tokens: string
  readonly cached_input_tokens: string
  readonly cache_write_tokens: string
  readonly cache_write_hour_tokens: string
  readonly output_tokens: string
  readonly reasoning_tokens: string
  readonly usage_estimated: boolean
  readonly priced: boolean
  readonly cost: string
  readonly wasted: string
  readonly signals_text: string | null
  readonly request_text: string | null
}

const THESE = `project_id = $1::uuid and created_at >= $2::timestamptz and created_at < $3::timestamptz
  and requested_model = $4 and status = 'SUCCEEDED' and cache_status <> 'HIT'
  and provider is not null and model is not null`

const COUNT = `select count(*) as total from call where ${THESE}`

/** The end of an id of version 7 is random, and stays so: the same question gets the same sample. */
const SAMPLE = `
  select id, extract(epoch from created_at) * 1000 as created_ms, provider, model, end_user, tags::text as tags_text,
    input_tokens, cached_input_tokens, cache_write_tokens, cache_write_hour_tokens, output_tokens, reasoning_tokens,
    usage_estimated, priced, (cost_input::numeric + cost_cached_input + cost_cache_write + cost_output)::text as cost,
    wasted, (plan -> 'signals')::text as signals_text, (plan -> 'request')::text as request_text
  from call where ${THESE} order by right(id::text, 15) limit $5::int`

export async function readReplayable(
  { sql }: Database,
  projectId: string,
  { requestedModel, range, sample }: ReplayableQuery,
): Promise<ReplaySample> {
  const values = [projectId, timestamp(range.from), timestamp(range.to), requestedModel]
  const [[counted], rows] = await Promise.all([
    sql.unsafe<{ total: string }[]>(COUNT, values, { prepare: true }),
    sql.unsafe<ReplayableRow[]>(SAMPLE, [...values, String(sample)], { prepare: true }),
  ])
  return { total: Number(counted?.total ?? 0), calls: rows.map(callOf) }
}

function callOf(row: ReplayableRow): ReplayableCall {
  const tags: Tag[] = JSON.parse(row.tags_text)
  const signals: RouteSignal[] | null = JSON.parse(row.signals_text ?? 'null')
  const request: PlannedRequest | null = JSON.parse(row.request_text ?? 'null')
  return {
    id: row.id,
    createdAt: Number(row.created_ms),
    provider: row.provider,
    model: row.model,
    endUser: row.end_user,
    tags,
    usage: {
      inputTokens: Number(row.input_tokens),
      cachedInputTokens: Number(row.cached_input_tokens),
      cacheWriteTokens: Number(row.cache_write_tokens),
      cacheWriteHourTokens: Number(row.cache_write_hour_tokens),
      outputTokens: Number(row.output_tokens),
      reasoningTokens: Number(row.reasoning_tokens),
      estimated: row.usage_estimated,
    },
    cost: row.priced ? BigInt(row.cost) : null,
    wasted: BigInt(row.wasted),
    signals: signals ?? [],
    request,
  }
}
