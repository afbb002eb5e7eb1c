import {
  BUSY_ROWS,
  FEWEST_KEYS,
  FEWEST_VALUES,
  type Grain,
  KEYS_OF,
  type KindOf,
  MOST_KEYS,
  MOST_VALUES,
  NAMED_KEYS,
  type NamedKind,
  ROLLUP_DIMENSIONS,
  ROLLUP_KINDS,
  smallestKinds,
  TOP_USER,
  TOP_USER_OF_TAG,
  USER_DETAIL,
} from './rollup-kinds.ts'
import { BY_STATUS, COUNTERS, EACH_TAG, SKETCHES } from './rollup-sql.ts'
import { bucketOf, sketchOfBuckets, sketchOfSketches } from './sketch-sql.ts'

/** How many end users are named as the dearest. */
const TOP_USERS_OF = { RECENT: 20, DAY: 100, MONTH: 100 } as const
/** The same of those under one value of a tag. */
const TOP_USERS_OF_VALUE = { DAY: 10, MONTH: 25 } as const

const COUNTS = [...Object.keys(COUNTERS), ...Object.keys(BY_STATUS)]
/** Zero in most rows, where null takes no room. */
const MOSTLY_ZERO: readonly string[] = [
  ...['folded', 'second_folded', 'cache_hits', 'wasted', 'saved', 'unpriced_calls', 'failed', 'cancelled', 'refused'],
]
const KEYS = ['project_id', 'kind', 'grain', 'period', ...ROLLUP_DIMENSIONS]
const COLUMNS = [...KEYS, 'folded', 'second_folded', ...COUNTS, ...Object.keys(SKETCHES)]
const INSERT = `insert into usage_rollup (${COLUMNS.join(', ')})`

const TYPES: Readonly<Record<(typeof ROLLUP_DIMENSIONS)[number], string>> = {
  requested_model: '::text',
  provider: '::text',
  model: '::text',
  status: '::text',
  api_key_id: '::uuid',
  end_user: '::text',
  tag_value: '::text',
  second_value: '::text',
  tags: '::jsonb',
}

/** What is summed up, or by what; the plan alone would be half of it all. */
const COLUMNS_OF_CALL = [
  ...['id', 'project_id', 'requested_model', 'provider', 'model', 'status', 'api_key_id', 'end_user', 'tags'],
  'attempts',
  ...['cache_status', 'input_tokens', 'cached_input_tokens', 'output_tokens', 'reasoning_tokens', 'cost_input'],
  ...['cost_cached_input', 'cost_cache_write', 'cost_output', 'wasted', 'saved', 'priced'],
]

/**
 * The calls of projects ($1) from $2 to $3, with the buckets that they fall into. By the index of each project: `offset 0` keeps
 * the planner from reading those of all.
 */
const MADE = `
  made as materialized (
    select ${COLUMNS_OF_CALL.join(', ')}, date_trunc('hour', created_at, 'UTC') as hour,
      ${Object.entries(SKETCHES)
        .map(([name, column]) => `case when status = 'SUCCEEDED' then ${bucketOf(column)} end as ${name}_bucket`)
        .join(', ')}
    from unnest($1::uuid[]) as mine (project) cross join lateral (
      select * from call
      where project_id = mine.project and created_at >= $2::timestamptz and created_at < $3::timestamptz
        and status <> 'RUNNING'
      offset 0
    ) as call
  )`

/** What is made from calls at once: rows of their hours, or of their day. */
type MadeGrain = 'RECENT' | 'DAY'
/** What tells the periods of a statement apart, with the project. */
const WITHIN = { RECENT: 'project_id, hour', DAY: 'project_id' } as const satisfies Record<MadeGrain, string>
const PERIOD = {
  RECENT: 'hour',
  HOUR: 'hour',
  DAY: '$2::timestamptz',
  MONTH: '$2::timestamptz',
} as const satisfies Record<Grain, string>

const ofGrain = (grain: Grain) => ROLLUP_KINDS.filter(({ grains }) => grains.includes(grain))

/** Each call once for each of its tags and once for each two of them, with the places of their values by cost. */
function tagged(grain: MadeGrain): string {
  return `
  labelled as (
    select made.*, listed.tag, listed.told from made cross join lateral ${EACH_TAG} as listed where tags <> '[]'
  ), ranked_value as (${ranked({ from: 'labelled', within: `${WITHIN[grain]}, tag`, value: 'told' })}
  ), ranked_key as (
    select ${WITHIN[grain]}, tag, row_number() over (partition by ${WITHIN[grain]} order by count(*) desc, tag) as key_rank,
      count(*) over (partition by ${WITHIN[grain]}) as known_keys
    from labelled group by ${WITHIN[grain]}, tag
  ), placed as materialized (
    select labelled.*, rank, known, key_rank from labelled
      join ranked_value using (${WITHIN[grain]}, tag, told) join ranked_key using (${WITHIN[grain]}, tag)
    where key_rank <= ${MOST_KEYS}
  ), paired as materialized (
    select placed.*, second.tag as second_tag, second.told as second_told, second.rank as second_rank,
      second.known as second_known
    from placed join placed as second on second.id = placed.id and second.tag > placed.tag collate "C"
    where placed.key_rank <= ${KEYS_OF.TWO_TAGS} and second.key_rank <= ${KEYS_OF.TWO_TAGS}
  ), ranked_user_of_value as (${ranked({ from: 'placed where end_user is not null', within: `${WITHIN[grain]}, tag, told`, value: 'end_user', as: 'user_' })}
  ), named as (
    insert into usage_named (project_id, tag, grain, period, known, named)
    select project_id, tag, '${grain}', ${PERIOD[grain]}, max(known),
      array_agg(told order by rank) filter (where rank <= ${MOST_VALUES})
    from ranked_value join ranked_key using (${WITHIN[grain]}, tag)
    where key_rank <= ${MOST_KEYS} group by ${WITHIN[grain]}, tag having max(known) > ${FEWEST_VALUES}
    union all
    select project_id, '${NAMED_KEYS}', '${grain}', ${PERIOD[grain]}, max(known_keys),
      array_agg(tag order by key_rank) filter (where key_rank <= ${MOST_KEYS})
    from ranked_key group by ${WITHIN[grain]} having max(known_keys) > ${FEWEST_KEYS}
  )`
}

function dearest(grain: MadeGrain): string {
  return `
  ranked_user as (${ranked({ from: `made where end_user is not null`, within: WITHIN[grain], value: 'end_user' })}
  ), dearest as (
    select made.*, ${folding({ value: 'made.end_user', as: 'named_user', most: TOP_USERS_OF[grain] })}
    from made join ranked_user using (${WITHIN[grain]}, end_user)
  )`
}

const FOLDED_TAG = ({ values = 0 }: NamedKind) => folding({ value: 'told', as: 'tag_value', most: values })
const FOLDED_SECOND = ({ values = 0 }: NamedKind) =>
  folding({ value: 'second_told', as: 'second_value', most: values, of: 'second_' })

/** Where the calls of a kind are. */
const FROM = {
  ALL: () => 'made',
  USER: () => 'made where end_user is not null',
  USER_TAG: () => '(select *, told as tag_value from placed where end_user is not null) as calls',
  ANONYMOUS: () => 'made where end_user is null',
  TAG: (kind) => `(select *, ${FOLDED_TAG(kind)} from placed) as calls`,
  TWO_TAGS: (kind) => `(select *, ${FOLDED_TAG(kind)}, ${FOLDED_SECOND(kind)} from paired) as calls`,
  ANONYMOUS_TAG: (kind) => `(select *, ${FOLDED_TAG(kind)} from placed where end_user is null) as calls`,
  TOP_USERS: () => 'dearest',
  TOP_USERS_OF_TAG: ({ values = 0 }) => `(
    select placed.*, told as tag_value from placed join ranked_user_of_value using (project_id, tag, told, end_user)
    where rank <= ${values} and user_rank <= ${TOP_USERS_OF_VALUE.DAY}) as calls`,
} as const satisfies Record<KindOf, (kind: NamedKind) => string>

/** What the names of kinds of tags end with: a hash of the key, or of both. */
const SUFFIX: Partial<Record<KindOf, string>> = {
  TAG: 'tag',
  USER_TAG: 'tag',
  ANONYMOUS_TAG: 'tag',
  TOP_USERS_OF_TAG: 'tag',
  TWO_TAGS: 'md5(tag || second_tag)',
}
/** What tells groups of a kind apart, besides what it is by. */
const GROUPED_BY: Readonly<Record<KindOf, readonly string[]>> = {
  ALL: [],
  USER: [],
  USER_TAG: ['tag'],
  ANONYMOUS: [],
  TAG: ['tag', 'folded_values'],
  ANONYMOUS_TAG: ['tag', 'folded_values'],
  TWO_TAGS: ['tag', 'second_tag', 'folded_values', 'second_folded_values'],
  TOP_USERS: ['folded_values'],
  TOP_USERS_OF_TAG: ['tag'],
}

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

/** Each day of a busy end user once for each of the tags of its calls. */
const BY_TAG = `(
  select of_busy_user.*, listed.tag, listed.told from of_busy_user cross join lateral ${EACH_TAG} as listed) as of_each_tag`

/** Sums up a month ($2 to $3) of projects ($1) from its days. */
export const COMPACT_MONTH = `
  with days as (
    select ${['project_id', 'kind', ...ROLLUP_DIMENSIONS].join(', ')}, max(folded) as folded, max(second_folded) as second_folded,
      ${sumsOf(COUNTS)}, ${joinedSketches()}
    from ${DAYS} and kind not in ('${TOP_USER}', '${USER_DETAIL}')
    group by ${['project_id', 'kind', ...ROLLUP_DIMENSIONS].join(', ')}, folded > 0, second_folded > 0
  ), month as materialized (
    select ${COLUMNS.map(monthColumn).join(', ')} from days
  ), of_busy_user as materialized (
    select * from ${DAYS} and kind = '${USER_DETAIL}' and (project_id, end_user) in (
      select project_id, end_user from ${DAYS} and kind = '${USER_DETAIL}'
      group by project_id, end_user having count(*) >= ${BUSY_ROWS})
  ), ranked_user as (
    select *, row_number() over (partition by project_id order by cost desc, calls desc, end_user) as rank,
      count(*) over (partition by project_id) as known
    from month where kind = 'end_user'
  ), dearest as (
    select *, ${folding({ value: 'ranked_user.end_user', as: 'named_user', most: TOP_USERS_OF.MONTH })} from ranked_user
  )
  ${INSERT}
  (select ${COLUMNS.join(', ')} from (
    select *, row_number() over (partition by project_id, kind, tag_value, kind like '${TOP_USER_OF_TAG}:%' order by cost desc) as rank
    from month
  ) as month where rank <= ${TOP_USERS_OF_VALUE.MONTH} or kind not like '${TOP_USER_OF_TAG}:%' order by project_id, kind, end_user)
  union all
  ${ofMonthsAlone().join(' union all ')}
  union all
  select ${['project_id', `'${TOP_USER}'`, `'MONTH'`, '$2::timestamptz', ...userColumns(), 'nullif(folded_values, 0)', 'null::int8'].join(', ')},
    ${sumsOf(COUNTS)}, null, null
  from dearest group by project_id, named_user, folded_values`

/** Kinds that there are by month alone: of the days of the smallest kind that knows as much. */
function ofMonthsAlone(): string[] {
  return ROLLUP_KINDS.filter(({ grains }) => !grains.includes('DAY')).map((kind) => {
    const { name, of, by } = kind
    const dimensions = ROLLUP_DIMENSIONS.map((one) => (by.includes(one) ? one : `null${TYPES[one]}`))
    const grouped = by.map((one) => (one === 'tag_value' ? 'told as tag_value' : one))
    const keys = ['project_id', ...(SUFFIX[of] ? [SUFFIX[of]] : []), ...by]
    return `(
    select project_id, kind, 'MONTH', $2::timestamptz, ${dimensions.join(', ')}, null::int8, null::int8, ${COUNTS.join(', ')},
      ${Object.keys(SKETCHES).map(sketchOfSketches).join(', ')}
    from (
      select project_id, ${SUFFIX[of] ? `'${name}:' || ${SUFFIX[of]}` : `'${name}'`} as kind, ${[...grouped, sumsOf(COUNTS), joinedSketches()].join(', ')}
      from ${daysOf(kind)} group by ${keys.map((key) => (key === 'tag_value' ? 'told' : key)).join(', ')}
    ) as of_${name} order by ${['project_id', ...by.slice(0, 1)].join(', ')})`
  })
}

/** What a kind that there is by month alone is made of. */
function daysOf({ of, by, only }: NamedKind): string {
  if (of === 'USER_TAG') return BY_TAG
  if (only === 'BUSY_USERS') return 'of_busy_user'
  return `${DAYS} and kind = '${smallestKinds(of, new Set(by)).DAY?.name}'`
}

function summed(kind: NamedKind, grain: Grain): string {
  const columnOf = (dimension: string) => (kind.of === 'TOP_USERS' ? 'named_user' : dimension)
  const suffix = SUFFIX[kind.of]
  const name = suffix === undefined ? `'${kind.name}'` : `'${kind.name}:' || ${suffix}`
  const isFolded = GROUPED_BY[kind.of].includes('folded_values')
  const keys = ['project_id', ...GROUPED_BY[kind.of], ...kind.by.map(columnOf)].concat(
    grain === 'RECENT' || grain === 'HOUR' ? ['hour'] : [],
  )
  const dimensions = ROLLUP_DIMENSIONS.map((one) =>
    kind.by.includes(one) ? `${columnOf(one)} as ${one}` : `null${TYPES[one]} as ${one}`,
  )
  return `(
    select project_id, kind, '${grain}', period, ${[...ROLLUP_DIMENSIONS, 'folded', 'second_folded', ...COUNTS].map(roomless).join(', ')},
      ${Object.keys(SKETCHES)
        .map((sketch) => sketchOfBuckets(`${sketch}_buckets`))
        .join(', ')}
    from (
      select project_id, ${name} as kind, ${PERIOD[grain]} as period, ${dimensions.join(', ')},
        ${isFolded ? 'folded_values' : 'null::int8'} as folded,
        ${kind.of === 'TWO_TAGS' ? 'second_folded_values' : 'null::int8'} as second_folded, ${countsOf()},
        ${Object.keys(SKETCHES)
          .map(
            (sketch) => `array_agg(${sketch}_bucket) filter (where ${sketch}_bucket is not null) as ${sketch}_buckets`,
          )
          .join(', ')}
      from ${FROM[kind.of](kind)} group by ${keys.join(', ')}
    ) as grouped order by project_id, period, end_user)`
}

function roomless(column: string): string {
  return MOSTLY_ZERO.includes(column) ? `nullif(${column}, 0)` : column
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
  as = '',
}: {
  readonly from: string
  readonly within: string
  readonly value: string
  /** What the names of the columns begin with. */
  readonly as?: string
}): string {
  return `
    select ${within}, ${value},
      row_number() over (partition by ${within} order by ${COUNTERS.cost} desc, count(*) desc, ${value}) as ${as}rank,
      count(*) over (partition by ${within}) as ${as}known
    from ${from} group by ${within}, ${value}`
}

interface Fold {
  readonly value: string
  readonly as: string
  readonly most: number
  /** What the columns of its place begin with. */
  readonly of?: string
}

function folding({ value, as, most, of = '' }: Fold): string {
  return `
    case when ${of}rank <= ${most} then ${value} end as ${as},
    case when ${of}rank <= ${most} then 0 else ${of}known - ${most} end as ${of}folded_values`
}
