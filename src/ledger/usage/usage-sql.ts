import type { TimeRange } from '../../core/time-range.ts'
import type { UsageDimension, UsageInterval, UsageQuery } from '../../core/usage-report.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { conditionsOf, type Parameters, parameters } from '../calls/call-condition.ts'
import { ceilMonth, floorDay, floorHour, floorMonth, HOUR_MS } from './calendar.ts'
import {
  isOfTags,
  type KindsByGrain,
  type NamedKind,
  type RollupDimension,
  SMALLEST_OF_BUSY_USERS,
} from './rollup-kinds.ts'
import { BY_STATUS, COUNTERS, SKETCHES } from './rollup-sql.ts'
import { bucketOf } from './sketch-sql.ts'
import type { TagColumns, TagPlaces } from './tag-places.ts'
import type { Segment } from './usage-segments.ts'

/** A statement with its parameters. */
export interface Statement {
  readonly text: string
  readonly values: string[]
}

/** What a group is by; null for what is the same for all calls of a project. */
const DIMENSIONS = {
  PROVIDER: 'provider',
  MODEL: 'model',
  REQUESTED_MODEL: 'requested_model',
  STATUS: 'status',
  PROJECT: null,
  API_KEY: 'api_key_id',
  END_USER: 'end_user',
} as const satisfies Record<UsageDimension, RollupDimension | null>

/** How a group is shown: a project by its name, an API key by its prefix. */
const SHOWN: Partial<Record<UsageDimension, string>> = {
  PROJECT: '(select name from project where id = $1::uuid)',
  API_KEY: 'coalesce(api_key.prefix, api_key_id::text)',
}

/** Whose calls are read: all, those of no end user, or those of some. */
export type Users = 'ALL' | 'NONE' | readonly string[]

/** What is read of some calls, from where. */
export interface UsageRead {
  readonly segments: readonly Segment[]
  readonly kinds: KindsByGrain
  readonly tags: TagPlaces
  readonly users: Users
}

/** What is read and added up. */
export interface UsageSource {
  readonly projectId: string
  readonly query: UsageQuery
  readonly reads: readonly UsageRead[]
  /** Which counters are wanted; all unless told. */
  readonly counts?: readonly string[]
}

/** What each row counts, in the order in which rows have it. */
export const COUNTS = [...Object.keys(COUNTERS), ...Object.keys(BY_STATUS)] as readonly UsageCount[]
export type UsageCount = keyof typeof COUNTERS | keyof typeof BY_STATUS

/** A row of `usageRows`: what it is of, its counts with spaces between them, and its sketches. */
export type UsageRecord = readonly [
  periodMs: number | null,
  group: readonly (string | null)[],
  tag: string | null,
  folded: number,
  counts: string,
  latency: string | null,
  firstToken: string | null,
]

/** All rows as one text: thousands of rows by themselves take a client longer than the database. */
export function usageRows(source: UsageSource): Statement {
  const { text, values } = usageStatement(source)
  const group = `json_build_array(${source.query.groupBy.map((_, at) => `value_${at}`).join(', ')})`
  const counts = `concat_ws(' ', ${COUNTS.join(', ')})`
  const row = ['period_ms', group, 'tag_value', 'folded', counts, ...Object.keys(SKETCHES)]
  return { text: `select json_agg(json_build_array(${row.join(', ')}))::text as rows from (${text}) as usage`, values }
}

/** The columns that a query's rows are by. */
export function groupColumns({ groupBy }: UsageQuery): RollupDimension[] {
  return [...new Set(groupBy.flatMap((dimension) => DIMENSIONS[dimension] ?? []))]
}

/** What all sources have of each group, added up. */
function usageStatement(source: UsageSource): Statement {
  const { projectId, query } = source
  const bound = parameters()
  bound.add(projectId, 'uuid')
  const columns = groupColumns(query)
  const counts = source.counts ?? COUNTS
  const parts = source.reads.flatMap((read) =>
    read.segments.map((segment) => selectOf(segment, { source, read, columns, bound, counts })),
  )
  const keys = ['period', ...columns, 'tag_value', 'is_folded']
  const shown = query.groupBy.map((dimension, at) => `${SHOWN[dimension] ?? DIMENSIONS[dimension]} as value_${at}`)
  const sketches = Object.keys(SKETCHES).map((name) =>
    query.quantiles === 'unwanted' ? `null as ${name}` : `string_agg(${name}, ',') as ${name}`,
  )
  const text = `
    select extract(epoch from period) * 1000 as period_ms, ${[...shown, 'tag_value', 'folded', ...counts, ...Object.keys(SKETCHES)].join(', ')}
    from (
      select ${keys.join(', ')}, coalesce(max(folded), 0) as folded,
        ${counts.map((name) => `coalesce(sum(${name}), 0) as ${name}`).join(', ')},
        ${sketches.join(', ')}
      from (
        select *, coalesce(folded, 0) > 0 as is_folded from (${parts.join(' union all ')}) as part
      ) as source
      group by ${keys.join(', ')} having sum(calls) > 0
    ) as totals${query.groupBy.includes('API_KEY') ? ' left join api_key on api_key.id = api_key_id' : ''}`
  return { text, values: bound.values }
}

interface Part {
  readonly source: UsageSource
  readonly read: UsageRead
  readonly columns: readonly RollupDimension[]
  readonly bound: Parameters
  readonly counts: readonly string[]
}

function selectOf(segment: Segment, part: Part): string {
  const { source } = segment
  if (source === 'hourly') return ofHours(segment, part)
  const kind = source === 'calls' ? null : part.read.kinds[source]
  if (kind === null) return ofCalls(segment, part)
  return kind.only === 'BUSY_USERS' ? ofUsersByMonth(segment, kind, part) : ofRollup(segment, kind, part)
}

/** The index of end users is limited to those who are named. */
function ofUsers({ read: { users }, bound }: Part): string[] {
  if (users === 'ALL') return []
  if (users === 'NONE') return ['end_user is null']
  return [`end_user = any(${bound.add(textArray(users), 'text[]')})`, 'end_user is not null']
}

function ofRollup(segment: Segment, kind: NamedKind, part: Part): string {
  const stretch = between('period', segment, part.bound)
  const where = ['project_id = $1::uuid', ...stretch, ...ofKind(segment, kind, part)].join(' and ')
  return rowsOf(`(select * from usage_rollup where ${where}) as kept`, segment, kind, part)
}

/** The months of end users who are busy, and the days of the others: a month is summed up for a few of them only. */
function ofUsersByMonth(segment: Segment, kind: NamedKind, part: Part): string {
  const days = part.read.kinds.DAY
  if (days === null) throw new Error(`there are no days that ${kind.name} is made of`)
  const { bound } = part
  const months = monthsOf(segment)
  const starts = bound.add(textArray(months.map(timestamp)), 'timestamptz[]')
  const ends = bound.add(textArray(months.map((month) => timestamp(ceilMonth(month + 1)))), 'timestamptz[]')
  const where = ofKind({ source: 'DAY' }, days, { ...part, read: { ...part.read, users: 'ALL' } })
  // Who is missing is found out before any day is read: `offset 0` keeps the planner from turning it round.
  const others = `(
    select kept.* from (
      select name, starts_at, ends_at from unnest(${bound.add(textArray(namedIn(part)), 'text[]')}) as mine (name)
        cross join unnest(${starts}, ${ends}) as month (starts_at, ends_at)
      where not exists (
        select from usage_rollup where project_id = $1::uuid and kind = '${SMALLEST_OF_BUSY_USERS}' and grain = 'MONTH'
          and end_user = mine.name and period = starts_at)
      offset 0
    ) as missing cross join lateral (
      select * from usage_rollup
      where project_id = $1::uuid and end_user = missing.name and period >= starts_at and period < ends_at
        and ${where.join(' and ')}
    ) as kept) as kept`
  return `${ofRollup(segment, kind, part)} union all ${rowsOf(others, { ...segment, source: 'DAY' }, days, part)}`
}

function monthsOf({ from, to }: TimeRange): number[] {
  const months: number[] = []
  for (let month = from; month < to; month = ceilMonth(month + 1)) months.push(month)
  return months
}

/** The end users whose calls are read where not those of all are. */
function namedIn({ source: { query }, read: { users } }: Part): readonly string[] {
  if (query.filter.endUser !== null) return [query.filter.endUser]
  if (typeof users === 'string') throw new Error('rollups of end users are read for those who are named')
  return users
}

/** Which rows of a project a kind's are, of those asked for. */
function ofKind({ source: grain }: Pick<Segment, 'source'>, kind: NamedKind, part: Part): string[] {
  const { source, read, bound } = part
  const knowsTags = kind.by.includes('tags')
  const { tags, ...filter } = source.query.filter
  return [
    `kind = '${kind.name}${isOfTags(kind) ? `:${read.tags.suffix}` : ''}'`,
    `grain = '${grain}'`,
    ...conditionsOf({ ...filter, tags: knowsTags ? tags : [] }, bound),
    ...(knowsTags ? [] : tags.map(({ key, value }) => `${placeOf(key, part).value} = ${bound.add(value, 'text')}`)),
    ...ofUsers(part),
  ]
}

/** Rows of a rollup as a part of the sum. */
function rowsOf(kept: string, segment: Segment, kind: NamedKind, part: Part): string {
  const { source, columns, bound, counts } = part
  const { groupByTag } = source.query
  const of = (tag: string, folded: string, from: string) => `(
    select ${periodOf('period', segment, part)} as period, ${[...columns, `${tag} as tag_value`, `${folded} as folded`, ...counts, ...Object.keys(SKETCHES)].join(', ')}
    from ${from})`
  if (groupByTag == null) return of('null::text', kind.of === 'TOP_USERS' ? 'folded' : '0::int8', kept)
  if (kind.by.includes('tags')) {
    const told = tagValue(bound.add(groupByTag, 'text'))
    return of('told', '0::int8', `(select *, ${told} as told from ${kept}) as told_of where told is not null`)
  }
  const { value, folded } = placeOf(groupByTag, part)
  return of(value, folded, kept)
}

function placeOf(key: string, { read }: Part): TagColumns {
  const place = read.tags.columns.get(key)
  if (place === undefined) throw new Error(`no rollup has a place for tag ${key}`)
  return place
}

function ofHours(segment: Segment, part: Part): string {
  const { source, columns, bound } = part
  const { query } = source
  const where = ['project_id = $1::uuid', ...between('hour', segment, bound), ...conditionsOf(query.filter, bound)]
  const sums = [
    ...wantedOf(COUNTERS, part).map(([name]) => name),
    ...wantedOf(BY_STATUS, part).map(([name, is]) => `case when ${is} then calls else 0 end as ${name}`),
    ...Object.keys(SKETCHES).map((name) => `nullif(${name}, '{}')::text as ${name}`),
  ]
  return `(
    select ${periodOf('hour', segment, part)} as period, ${[...columns, 'null::text as tag_value', '0::int8 as folded', ...sums].join(', ')}
    from usage_hourly where ${where.join(' and ')})`
}

/** Of so short a stretch, fewer calls are found by their time than by a tag. */
const SHORT_MS = 12 * HOUR_MS

function ofCalls(segment: Segment, part: Part): string {
  const { source, columns, bound } = part
  const { query } = source
  const where = [
    'project_id = $1::uuid',
    `status <> 'RUNNING'`,
    ...between('created_at', segment, bound),
    ...(segment.days
      ? [
          `date_trunc('day', created_at, 'UTC') = any(${bound.add(textArray(segment.days.map(timestamp)), 'timestamptz[]')})`,
        ]
      : []),
    ...conditionsOf(query.filter, bound, segment.to - segment.from > SHORT_MS),
    ...ofUsers(part),
  ]
  const tag = query.groupByTag == null ? 'null::text' : tagValue(bound.add(query.groupByTag, 'text'))
  const sums = [
    ...wantedOf(COUNTERS, part).map(([name, sum]) => `${sum} as ${name}`),
    ...wantedOf(BY_STATUS, part).map(([name, is]) => `count(*) filter (where ${is}) as ${name}`),
    ...Object.entries(SKETCHES).map(([name, column]) =>
      query.quantiles === 'unwanted'
        ? `null as ${name}`
        : `string_agg(${bucketOf(column)} || ':1', ',') filter (where status = 'SUCCEEDED') as ${name}`,
    ),
  ]
  const keys = ['1', ...columns, ...(query.groupByTag == null ? [] : ['tag_value'])]
  const call = `(select *, ${tag} as tag_value from call where ${where.join(' and ')}) as made`
  return `(
    select ${periodOf('created_at', segment, part)} as period, ${columns.map((name) => `${name},`).join(' ')}
      ${query.groupByTag == null ? 'null::text as tag_value' : 'tag_value'}, 0::int8 as folded, ${sums.join(', ')}
    from ${call} ${query.groupByTag == null ? '' : 'where tag_value is not null'} group by ${keys.join(', ')})`
}

/** Those of some sums that are wanted, in the order in which all parts have them. */
function wantedOf(sums: Readonly<Record<string, string>>, { counts }: Part): [string, string][] {
  return Object.entries(sums).filter(([name]) => counts.includes(name))
}

/** The value of a tag; null where the call has none of that key. */
function tagValue(key: string): string {
  return `(select entry->>'value' from jsonb_array_elements(tags) as entry where entry->>'key' = ${key} limit 1)`
}

function between(column: string, { from, to }: TimeRange, bound: Parameters): string[] {
  return [
    `${column} >= ${bound.add(timestamp(from), 'timestamptz')}`,
    `${column} < ${bound.add(timestamp(to), 'timestamptz')}`,
  ]
}

const PERIOD_OF = {
  HOUR: floorHour,
  DAY: floorDay,
  MONTH: floorMonth,
} as const satisfies Record<UsageInterval, (ms: number) => number>

/** The period of each row; where all rows of a segment have the same, it is not worked out for each. */
function periodOf(column: string, { source, from, to }: Segment, { source: { query }, bound }: Part): string {
  const { interval } = query
  if (interval === null) return 'null::timestamptz'
  const first = PERIOD_OF[interval](from)
  if (first === PERIOD_OF[interval](to - 1)) return bound.add(timestamp(first), 'timestamptz')
  return source === interval ? column : `date_trunc('${interval.toLowerCase()}', ${column}, 'UTC')`
}

/** A row of `dearestStatement`. */
export interface DearestRecord {
  readonly end_user: string
  /** How many end users are known by name. */
  readonly known: string
  /** How many are not, at least. */
  readonly folded: string
}

/** The end users that cost most, of whom a report names some. */
export function dearestStatement(source: UsageSource, most: number): Statement {
  const query: UsageQuery = { ...source.query, groupBy: ['END_USER'], interval: null, quantiles: 'unwanted' }
  const { text, values } = usageStatement({ ...source, query, counts: ['calls', 'cost'] })
  return {
    text: `
      select value_0 as end_user, count(*) over () as known, most_folded as folded
      from (select *, max(folded) over () as most_folded from (${text}) as known) as dearest
      where folded = 0 and value_0 is not null order by cost desc, value_0 limit ${most}`,
    values,
  }
}
