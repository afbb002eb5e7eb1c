import {
  type Grain,
  type KindOf,
  type NamedKind,
  ROLLUP_DIMENSIONS,
  ROLLUP_KINDS,
  smallestKinds,
  TOP_USER,
} from './rollup-kinds.ts'
import { BY_STATUS, COUNTERS, SKETCHES } from './rollup-sql.ts'
import { bucketOf, sketchOfBuckets, sketchOfSketches } from './sketch-sql.ts'

/**
 * How many values of a tag's key an hour or a day names, those that cost most; the others are one row, so that ids can't
 * fill it.
 */
const VALUES_OF_A_TAG: Readonly<Record<string, number>> = { tag: 200, tag_model: 50, tag_detail: 50 }
/** How many end users are named as the dearest. */
const TOP_USERS_OF = { RECENT: 20, DAY: 100, MONTH: 200 } as const

const COUNTS = [...Object.keys(COUNTERS), ...Object.keys(BY_STATUS)]
const COLUMNS = ['project_id', 'kind', 'grain', 'period', ...ROLLUP_DIMENSIONS, 'folded', ...COUNTS].concat(
  Object.keys(SKETCHES),
)
const INSERT = `insert into usage_rollup (${COLUMNS.join(', ')})`

const TYPES: Readonly<Record<(typeof ROLLUP_DIMENSIONS)[number], string>> = {
  requested_model: '::text',
  provider: '::text',
  model: '::text',
  status: '::text',
  api_key_id: '::uuid',
  end_user: '::text',
  tag_value: '::text',
}

/** What is summed up, or by what; the plan alone would be half of it all. */
const COLUMNS_OF_CALL = [
  ...['project_id', 'requested_model', 'provider', 'model', 'status', 'api_key_id', 'end_user', 'tags', 'attempts'],
  ...['cache_status', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_tokens', 'cost_input'],
  ...['cost_cached_input', 'cost_cache_write', 'cost_output', 'wasted', 'saved', 'priced'],
]

/** The calls of projects ($1) from $2 to $3, with the buckets that they fall into. */
const MADE = `
  made as materialized (
    select ${COLUMNS_OF_CALL.join(', ')}, date_trunc('hour', created_at, 'UTC') as hour,
      ${Object.entries(SKETCHES)
        .map(([name, column]) => `case when status = 'SUCCEEDED' then ${bucketOf(column)} end as ${name}_bucket`)
        .join(', ')}
    from unnest($1::uuid[]) as project (id) cross join lateral (
      select * from call
      where project_id = project.id and created_at >= $2::timestamptz and created_at < $3::timestamptz
        and status <> 'RUNNING'
    ) as call
  )`

/** What is made from calls at once: rows of their hours, or of their day. */
type MadeGrain = 'RECENT' | 'DAY'
/** What tells the periods of a statement apart, with the project. */
const WITHIN = { RECENT: 'project_id, hour', DAY: 'project_id' } as const satisfies Record<MadeGrain, string>

const ofGrain = (grain: Grain) => ROLLUP_KINDS.filter(({ grains }) => grains.includes(grain))

/** Each call once for each of its tags, those beyond the dearest values folded. */
function tagged(grain: MadeGrain): string {
  return `
  labelled as (
    select made.*, tag.key as tag_key, tag.value as told
    from made cross join lateral (
      select distinct on (entry->>'key') entry->>'key' as key, entry->>'value' as value
      from jsonb_array_elements(tags) with ordinality as listed (entry, place) order by entry->>'key', place
    ) as tag where tags <> '[]'
  ), ranked_value as (${ranked({ from: 'labelled', within: `${WITHIN[grain]}, tag_key`, value: 'told' })}
  ), ${ofGrain(grain)
    .filter(({ of }) => of === 'TAG')
    .map(
      ({ name }) => `${name}_calls as (
    select labelled.*, ${folding('told', 'tag_value', VALUES_OF_A_TAG[name] ?? 0)}
    from labelled join ranked_value using (${WITHIN[grain]}, tag_key, told)
  )`,
    )
    .join(', ')}`
}

function dearest(grain: MadeGrain): string {
  return `
  ranked_user as (${ranked({ from: `made where end_user is not null`, within: WITHIN[grain], value: 'end_user' })}
  ), dearest as (
    select made.*, ${folding('made.end_user', 'named_user', TOP_USERS_OF[grain])}
    from made join ranked_user using (${WITHIN[grain]}, end_user)
  )`
}

/** Where the calls of a kind are. */
const FROM = {
  ALL: () => 'made',
  ANONYMOUS: () => 'made where end_user is null',
  USERS: () => 'dearest',
  TAG: ({ name }) => `${name}_calls`,
} as const satisfies Record<KindOf, (kind: NamedKind) => string>

/** The rows of some grains, where values are ranked within the periods of one of them. */
function compacted(ranked: MadeGrain, grains: readonly Grain[]): string {
  return `
  with ${MADE}, ${tagged(ranked)}, ${dearest(ranked)}
  ${INSERT}
  ${grains.flatMap((grain) => ofGrain(grain).map((kind) => summed(kind, grain))).join(' union all ')}`
}

/** Sums up a day ($2 to $3) of projects ($1) from its calls. */
export const COMPACT_DAY = compacted('DAY', ['HOUR', 'DAY'])
/** Sums up hours ($2 to $3) of projects ($1) from their calls, in rows that are kept for some time. */
export const COMPACT_RECENT = compacted('RECENT', ['RECENT'])

const DAYS = `usage_rollup
  where project_id = any($1::uuid[]) and grain = 'DAY' and period >= $2::timestamptz and period < $3::timestamptz`

/** Sums up a month ($2 to $3) of projects ($1) from its days. */
export const COMPACT_MONTH = `
  with days as (
    select ${['project_id', 'kind', ...ROLLUP_DIMENSIONS].join(', ')}, max(folded) as folded,
      ${sumsOf(COUNTS)}, ${joinedSketches()}
    from ${DAYS} and kind <> '${TOP_USER}'
    group by ${['project_id', 'kind', ...ROLLUP_DIMENSIONS].join(', ')}, folded > 0
  ), month as materialized (
    select ${COLUMNS.map(monthColumn).join(', ')} from days
  ), ranked_user as (
    select *, row_number() over (partition by project_id order by cost desc, calls desc, end_user) as rank,
      count(*) over (partition by project_id) as known
    from month where kind = 'end_user' and end_user is not null
  ), dearest as (
    select *, ${folding('ranked_user.end_user', 'named_user', TOP_USERS_OF.MONTH)} from ranked_user
  )
  ${INSERT}
  select * from month
  union all
  ${ofMonthsAlone().join(' union all ')}
  union all
  select ${['project_id', `'${TOP_USER}'`, `'MONTH'`, '$2::timestamptz', ...userColumns(), 'folded_values'].join(', ')},
    ${sumsOf(COUNTS)}, null, null
  from dearest group by project_id, named_user, folded_values`

/** Kinds that there are by month alone: of the months of the smallest kind that knows as much. */
function ofMonthsAlone(): string[] {
  return ROLLUP_KINDS.filter(({ grains }) => !grains.includes('DAY')).map(({ name, of, by }) => {
    const from = smallestKinds(of, new Set(by)).DAY?.name
    const column = (one: string) => {
      if (one === 'kind') return `'${name}'`
      if (one in SKETCHES) return sketchOfSketches(one)
      return ROLLUP_DIMENSIONS.some((dimension) => dimension === one && !by.includes(dimension)) ? 'null' : one
    }
    return `
    select ${COLUMNS.map(column).join(', ')}
    from (
      select ${['project_id', 'grain', 'period', ...by].join(', ')}, 0 as folded, ${sumsOf(COUNTS)}, ${joinedSketches()}
      from month where kind = '${from}' group by ${['project_id', 'grain', 'period', ...by].join(', ')}
    ) as of_${name}`
  })
}

function summed(kind: NamedKind, grain: Grain): string {
  const isByHour = grain === 'HOUR' || grain === 'RECENT'
  const isOfTag = kind.of === 'TAG'
  const isFolded = isOfTag || kind.of === 'USERS'
  const columnOf = (dimension: string) => (kind.of === 'USERS' ? 'named_user' : dimension)
  const name = isOfTag ? `'${kind.name}:' || md5(tag_key)` : `'${kind.name}'`
  const folded = isFolded ? 'folded_values' : '0'
  const keys = ['project_id', ...(isOfTag ? ['tag_key'] : []), ...kind.by.map(columnOf)]
    .concat(isFolded ? ['folded_values'] : [])
    .concat(isByHour ? ['hour'] : [])
  const dimensions = ROLLUP_DIMENSIONS.map((one) =>
    kind.by.includes(one) ? `${columnOf(one)} as ${one}` : `null${TYPES[one]} as ${one}`,
  )
  return `(
    select project_id, kind, '${grain}', period, ${ROLLUP_DIMENSIONS.join(', ')}, folded, ${COUNTS.join(', ')},
      ${Object.keys(SKETCHES)
        .map((sketch) => sketchOfBuckets(`${sketch}_buckets`))
        .join(', ')}
    from (
      select project_id, ${name} as kind, ${isByHour ? 'hour' : '$2::timestamptz'} as period, ${dimensions.join(', ')}, ${folded} as folded, ${countsOf()},
        ${Object.keys(SKETCHES)
          .map(
            (sketch) => `array_agg(${sketch}_bucket) filter (where ${sketch}_bucket is not null) as ${sketch}_buckets`,
          )
          .join(', ')}
      from ${FROM[kind.of](kind)} group by ${keys.join(', ')}
    ) as grouped order by project_id, period)`
}

function countsOf(): string {
  return [
    ...Object.entries(COUNTERS).map(([name, sum]) => `${sum} as ${name}`),
    ...Object.entries(BY_STATUS).map(([name, is]) => `count(*) filter (where ${is}) as ${name}`),
  ].join(', ')
}

function sumsOf(columns: readonly string[]): string {
  return columns.map((name) => `sum(${name}) as ${name}`).join(', ')
}

function joinedSketches(): string {
  return Object.keys(SKETCHES)
    .map((name) => `string_agg(${name}, ',') as ${name}`)
    .join(', ')
}

function monthColumn(name: string): string {
  if (name === 'grain') return `'MONTH' as grain`
  if (name === 'period') return '$2::timestamptz as period'
  return name in SKETCHES ? `${sketchOfSketches(name)} as ${name}` : name
}

function userColumns(): string[] {
  return ROLLUP_DIMENSIONS.map((one) => (one === 'end_user' ? 'named_user' : `null${TYPES[one]}`))
}

/** The values of calls with their places by cost, and how many there are. */
function ranked({
  from,
  within,
  value,
}: {
  readonly from: string
  readonly within: string
  readonly value: string
}): string {
  return `
    select ${within}, ${value},
      row_number() over (partition by ${within} order by ${COUNTERS.cost} desc, count(*) desc, ${value}) as rank,
      count(*) over (partition by ${within}) as known
    from ${from} group by ${within}, ${value}`
}

function folding(value: string, as: string, most: number): string {
  return `
    case when rank <= ${most} then ${value} end as ${as},
    case when rank <= ${most} then 0 else known - ${most} end as folded_values`
}
