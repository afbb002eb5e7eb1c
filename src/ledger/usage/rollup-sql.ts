import { bucketOf } from './sketch-sql.ts'

/** The rollups that every settlement keeps up to date. */
export const ROLLUP_TABLES = { coarse: 'usage_hourly' } as const
export type RollupLevel = keyof typeof ROLLUP_TABLES

/** The dimensions of the hourly rollup. */
export const COARSE = ['requested_model', 'provider', 'model', 'status'] as const

const DIMENSIONS = { coarse: COARSE } as const satisfies Record<RollupLevel, readonly string[]>

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

/** Which calls count as what. */
export const BY_STATUS = {
  succeeded: `status = 'SUCCEEDED'`,
  failed: `status in ('FAILED', 'ABANDONED')`,
  cancelled: `status = 'CANCELLED'`,
  refused: `status = 'REFUSED'`,
} as const

/** Each sketch of a rollup, with the column of the call that it is of. Only calls that succeeded are in it. */
export const SKETCHES = { latency: 'total_ms', first_token: 'first_token_ms' } as const

/**
 * Each tag of a row that has `tags`, for a lateral join: the hash of its key (`tag`) and its value (`told`). Of a key that stands
 * there twice, the first.
 */
export const EACH_TAG = `(
  select distinct on (entry->>'key') md5(entry->>'key') as tag, entry->>'value' as told
  from jsonb_array_elements(tags) with ordinality as listed (entry, place) order by entry->>'key', place)`

const KEY = 'project_id, hour, group_key'

/**
 * A query that turns calls into rows of the hourly rollup.
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
    select ${ROLLUP_COLUMNS.map(withDefault).join(', ')} from totals ${joins.join(' ')}`
}

/**
 * Parts of a statement (`name as (…)`) that add calls to the rollups, or take them out again. Rows are locked in the order
 * of their keys, so that two such statements never wait for each other. A day that is closed is marked: what the job made of it
 * is not read until it is made anew. Whoever closes days waits for the row that this locks, so none is missed.
 * @param calls the name of a relation with the columns of `call`, all of them ended
 */
export function changeRollups(calls: string, sign: '+' | '-'): string {
  return `
  hourly as (${addToRollup(calls, sign)}
  ), closed as (
    select at from usage_progress where name = 'closed' for share
  ), late as (
    insert into usage_late (project_id, day)
    select distinct project_id, date_trunc('day', created_at, 'UTC') from ${calls}, closed where created_at < closed.at
  )`
}

function addToRollup(calls: string, sign: '+' | '-'): string {
  const counters = Object.keys(COUNTERS).map((name) => `${name} = kept.${name} ${sign} excluded.${name}`)
  const sketches = Object.keys(SKETCHES).map(
    (name) => `${name} = case when excluded.${name} = '{}' then kept.${name}
      else ${mergedSketch(`kept.${name}`, `excluded.${name}`)} end`,
  )
  return `
    insert into ${ROLLUP_TABLES.coarse} as kept (${ROLLUP_COLUMNS.join(', ')})
    select * from (${rollupOf('coarse', calls)}) as added order by ${KEY}
    on conflict (${KEY}) do update set ${[...counters, ...(sign === '+' ? sketches : [])].join(', ')}`
}

/** All columns of the hourly rollup, in the order of `rollupOf`. */
export const ROLLUP_COLUMNS = [
  'project_id',
  'hour',
  'group_key',
  ...COARSE,
  ...Object.keys(COUNTERS),
  ...Object.keys(SKETCHES),
]

function withDefault(column: string): string {
  return column in SKETCHES ? `coalesce(${column}, '{}') as ${column}` : column
}

/** A hash of the dimensions: some may be null, and together they may be longer than an index takes. */
function groupKey(dimensions: readonly string[]): string {
  const text = `jsonb_build_array(${dimensions.join(', ')})::text`
  return `encode(substring(sha256(convert_to(${text}, 'UTF8')) for 16), 'hex')::uuid`
}

function sketchOf(name: string, column: string): string {
  return `
    select ${KEY}, jsonb_object_agg(bucket, n) as ${name}
    from (
      select ${KEY}, ${bucketOf(column)} as bucket, count(*) as n
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
