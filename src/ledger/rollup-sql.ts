import { LOG_GAMMA, SMALLEST_MS } from '../core/sketch.ts'

/** Which of the two rollups: the coarse one, or the one that knows API key, end user and tags too. */
export type RollupLevel = 'coarse' | 'detail'

export const ROLLUP_TABLES = {
  coarse: 'usage_hourly',
  detail: 'usage_detail_hourly',
} as const satisfies Record<RollupLevel, string>

const DIMENSIONS = {
  coarse: ['requested_model', 'provider', 'model', 'status'],
  detail: ['requested_model', 'provider', 'model', 'status', 'api_key_id', 'end_user', 'tags'],
} as const satisfies Record<RollupLevel, readonly string[]>

/** Each counter of a rollup, as a sum over calls. */
export const COUNTERS = {
  calls: 'count(*)',
  attempts: 'sum(attempts)',
  cache_hits: `count(*) filter (where cache_status = 'HIT')`,
  input_tokens: 'sum(input_tokens)::int8',
  cached_input_tokens: 'sum(cached_input_tokens)::int8',
  output_tokens: 'sum(output_tokens)::int8',
  reasoning_tokens: 'sum(reasoning_tokens)::int8',
  cost: 'sum(cost_input::numeric + cost_cached_input + cost_cache_write + cost_output)',
  wasted: 'sum(wasted)',
  saved: 'sum(saved)',
  unpriced_calls: 'count(*) filter (where not priced)',
} as const

/** Each sketch of a rollup, with the column of the call that it is of. Only calls that succeeded are in it. */
export const SKETCHES = { latency: 'total_ms', first_token: 'first_token_ms' } as const

const KEY = 'project_id, hour, group_key'

/**
 * A query that turns calls into rows of a rollup.
 * @param calls a relation with the columns of `call`, all of them ended
 */
export function rollupOf(level: RollupLevel, calls: string): string {
  const dimensions = DIMENSIONS[level]
  const joins = Object.keys(SKETCHES).map((name) => `left join of_${name} using (${KEY})`)
  return `
    with keyed as (
      select *, date_trunc('hour', created_at, 'UTC') as hour, ${groupKey(dimensions)} as group_key from ${calls}
    ), totals as (
      select ${KEY},
        ${dimensions.map((name) => `(array_agg(${name}))[1] as ${name}`).join(', ')},
        ${Object.entries(COUNTERS)
          .map(([name, sum]) => `${sum} as ${name}`)
          .join(', ')}
      from keyed group by ${KEY}
    ), ${Object.entries(SKETCHES)
      .map(([name, column]) => `of_${name} as (${sketchOf(name, column)})`)
      .join(', ')}
    select ${columnsOf(level).map(withDefault).join(', ')} from totals ${joins.join(' ')}`
}

/**
 * A statement that adds calls to a rollup (or takes them out again). Rows are locked in the order of their keys, so
 * that two of them never wait for each other.
 */
export function addToRollup(level: RollupLevel, calls: string, sign: '+' | '-'): string {
  const columns = columnsOf(level)
  const counters = Object.keys(COUNTERS).map((name) => `${name} = kept.${name} ${sign} excluded.${name}`)
  const sketches = Object.keys(SKETCHES).map(
    (name) => `${name} = case when excluded.${name} = '{}' then kept.${name}
      else ${mergedSketch(`kept.${name}`, `excluded.${name}`)} end`,
  )
  return `
    insert into ${ROLLUP_TABLES[level]} as kept (${columns.join(', ')})
    select * from (${rollupOf(level, calls)}) as added order by ${KEY}
    on conflict (${KEY}) do update set ${[...counters, ...(sign === '+' ? sketches : [])].join(', ')}`
}

function columnsOf(level: RollupLevel): string[] {
  return ['project_id', 'hour', 'group_key', ...DIMENSIONS[level], ...Object.keys(COUNTERS), ...Object.keys(SKETCHES)]
}

function withDefault(column: string): string {
  return column in SKETCHES ? `coalesce(${column}, '{}') as ${column}` : column
}

/** A hash of the dimensions: some may be null, and together they may be longer than an index takes. */
function groupKey(dimensions: readonly string[]): string {
  const text = `jsonb_build_array(${dimensions.join(', ')})::text`
  return `encode(substring(sha256(convert_to(${text}, 'UTF8')) for 16), 'hex')::uuid`
}

/** The same bucket as `bucketOf` in core/sketch.ts. */
function sketchOf(name: string, column: string): string {
  return `
    select ${KEY}, jsonb_object_agg(bucket, n) as ${name}
    from (
      select ${KEY}, ceil(ln(greatest(${column}, ${SMALLEST_MS})) / ${LOG_GAMMA})::int as bucket, count(*) as n
      from keyed where status = 'SUCCEEDED' and ${column} is not null
      group by ${KEY}, bucket
    ) as buckets
    group by ${KEY}`
}

/** The sum of two sketches. */
function mergedSketch(a: string, b: string): string {
  return `(
    select jsonb_object_agg(bucket, n) from (
      select bucket, sum(count::int8) as n
      from (select * from jsonb_each_text(${a}) union all select * from jsonb_each_text(${b})) as both_of (bucket, count)
      group by bucket
    ) as merged)`
}
