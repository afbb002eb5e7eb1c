import type { TimeRange } from '../../core/time-range.ts'
import type { UsageDimension, UsageInterval, UsageQuery } from '../../core/usage-report.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { conditionsOf, type Parameters, parameters } from '../calls/call-condition.ts'
import { floorDay, floorHour, floorMonth } from './calendar.ts'
import type { KindsByGrain, NamedKind, RollupDimension } from './rollup-kinds.ts'
import { BY_STATUS, COUNTERS, SKETCHES } from './rollup-sql.ts'
import { bucketOf } from './sketch-sql.ts'
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
  API_KEY: 'coalesce((select prefix from api_key where id = api_key_id), api_key_id::text)',
}

/** Whose calls are read: all, those of no end user, or those of some. */
export type Users = 'ALL' | 'NONE' | readonly string[]

/** What is read of some calls, from where. */
export interface UsageRead {
  readonly segments: readonly Segment[]
  readonly kinds: KindsByGrain
  /** Of tags, what the names of kinds end with; else null. */
  readonly tagHash: string | null
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

/** A row of the statement's result; 64-bit integers and decimals are text. */
export type UsageRecord = Readonly<Record<keyof typeof COUNTERS | keyof typeof BY_STATUS, string>> &
  Readonly<Record<keyof typeof SKETCHES, string | null>> & {
    readonly period_ms: string | null
    /** The values of the dimensions asked for, in their order. */
    readonly [value: `value_${number}`]: string | null
    readonly tag_value: string | null
    readonly folded: string
  }

const COUNTS = [...Object.keys(COUNTERS), ...Object.keys(BY_STATUS)]

/** The columns that a query's rows are by. */
export function groupColumns({ groupBy }: UsageQuery): RollupDimension[] {
  return [...new Set(groupBy.flatMap((dimension) => DIMENSIONS[dimension] ?? []))]
}

/** The query behind `usage`: what all its sources have of each group, added up. */
export function usageStatement(source: UsageSource): Statement {
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
      select ${keys.join(', ')}, max(folded) as folded, ${counts.map((name) => `sum(${name}) as ${name}`).join(', ')},
        ${sketches.join(', ')}
      from (
        select *, folded > 0 as is_folded from (${parts.join(' union all ')}) as part
      ) as source
      group by ${keys.join(', ')} having sum(calls) > 0
    ) as totals`
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
  return kind === null ? ofCalls(segment, part) : ofRollup(segment, kind, part)
}

/** The index of end users is limited to those who are named. */
function ofUsers({ read: { users }, bound }: Part): string[] {
  if (users === 'ALL') return []
  if (users === 'NONE') return ['end_user is null']
  return [`end_user = any(${bound.add(textArray(users), 'text[]')})`, 'end_user is not null']
}

function ofRollup(segment: Segment, kind: NamedKind, part: Part): string {
  const { source, read, columns, bound, counts } = part
  const { query } = source
  const { tags, ...filter } = query.filter
  const where = [
    'project_id = $1::uuid',
    `kind = '${kind.name}${kind.of === 'TAG' ? `:${read.tagHash}` : ''}'`,
    `grain = '${segment.source}'`,
    ...between('period', segment, bound),
    ...conditionsOf({ ...filter, tags: [] }, bound),
    ...tags.map(({ value }) => `tag_value = ${bound.add(value, 'text')}`),
    ...ofUsers(part),
  ]
  const tag = query.groupByTag == null ? 'null::text as tag_value' : 'tag_value'
  const folded = query.groupByTag == null && kind.of !== 'USERS' ? '0::int8 as folded' : 'folded'
  return `(
    select ${periodOf('period', segment, part)} as period, ${[...columns, tag, folded, ...counts, ...Object.keys(SKETCHES)].join(', ')}
    from usage_rollup where ${where.join(' and ')})`
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

function ofCalls(segment: Segment, part: Part): string {
  const { source, columns, bound } = part
  const { query } = source
  const where = [
    'project_id = $1::uuid',
    `status <> 'RUNNING'`,
    ...between('created_at', segment, bound),
    ...conditionsOf(query.filter, bound),
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
