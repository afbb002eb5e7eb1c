import type { TimeRange, UsageDimension, UsageInterval, UsageQuery } from '../core/ledger.ts'
import { timestamp } from '../database/row-arrays.ts'
import { conditionsOf, type Parameters, parameters } from './call-condition.ts'
import { type RollupDimension, TOP_USERS } from './rollup-kinds.ts'
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

/** What is read, from where. */
export interface UsageSource {
  readonly projectId: string
  readonly query: UsageQuery
  /** The name of the rollup's kind in the table; null where none is read. */
  readonly kind: string | null
  readonly segments: readonly Segment[]
  /** Of whom calls are counted, beside those that name none; null counts all. */
  readonly users: readonly string[] | null
  /** Which counters are wanted; all unless told. */
  readonly counts?: readonly string[]
}

/** A row of the statement's result; 64-bit integers and decimals are text. */
export type UsageRecord = Readonly<Record<keyof typeof COUNTERS | keyof typeof BY_STATUS, string>> &
  Readonly<Record<keyof typeof SKETCHES, string | null>> & {
    readonly period_ms: string | null
    /** JSON: the values of the dimensions asked for, in their order. */
    readonly shown: string
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
  const parts = source.segments.flatMap((segment) => selectsOf(segment, { source, columns, bound }))
  const keys = ['period', ...columns, 'tag_value', 'is_folded']
  const shown = query.groupBy.map((dimension) => SHOWN[dimension] ?? DIMENSIONS[dimension])
  const sketches = Object.keys(SKETCHES).map((name) =>
    query.quantiles === 'unwanted' ? `null as ${name}` : `string_agg(${name}, ',') as ${name}`,
  )
  const text = `
    select extract(epoch from period) * 1000 as period_ms, jsonb_build_array(${shown.join(', ')})::text as shown,
      tag_value, folded, ${[...counts, ...Object.keys(SKETCHES)].join(', ')}
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
  readonly columns: readonly RollupDimension[]
  readonly bound: Parameters
}

/** One select for a segment; two where end users are chosen, since calls without one are found in another place. */
function selectsOf(segment: Segment, part: Part): string[] {
  const { users } = part.source
  if (users === null) return [selectOf(segment, part, [])]
  const list = part.bound.add(JSON.stringify(users), 'jsonb')
  return [
    selectOf(segment, part, [
      `end_user = any(array(select jsonb_array_elements_text(${list})))`,
      'end_user is not null',
    ]),
    selectOf(segment, part, ['end_user is null']),
  ]
}

function selectOf(segment: Segment, part: Part, conditions: readonly string[]): string {
  if (segment.source === 'calls') return ofCalls(segment, part, conditions)
  return segment.source === 'hourly' ? ofHours(segment, part, conditions) : ofRollup(segment, part, conditions)
}

function ofRollup(segment: Segment, { source, columns, bound }: Part, conditions: readonly string[]): string {
  const { query, kind } = source
  const { tags, ...filter } = query.filter
  const where = [
    'project_id = $1::uuid',
    `kind = '${kind}'`,
    `grain = '${segment.source}'`,
    ...between('period', segment, bound),
    ...conditionsOf({ ...filter, tags: [] }, bound),
    ...tags.map(({ value }) => `tag_value = ${bound.add(value, 'text')}`),
    ...conditions,
  ]
  const tag = query.groupByTag == null ? 'null::text as tag_value' : 'tag_value'
  const folded = query.groupByTag == null && kind !== TOP_USERS.name ? '0::int8 as folded' : 'folded'
  return `(
    select ${periodOf('period', query.interval)} as period, ${[...columns, tag, folded, ...COUNTS, ...Object.keys(SKETCHES)].join(', ')}
    from usage_rollup where ${where.join(' and ')})`
}

function ofHours(segment: Segment, { source, columns, bound }: Part, conditions: readonly string[]): string {
  const { query } = source
  const where = ['project_id = $1::uuid', ...between('hour', segment, bound), ...conditionsOf(query.filter, bound)]
  const counts = [
    ...Object.keys(COUNTERS),
    ...Object.entries(BY_STATUS).map(([name, is]) => `case when ${is} then calls else 0 end as ${name}`),
    ...Object.keys(SKETCHES).map((name) => `nullif(${name}, '{}')::text as ${name}`),
  ]
  return `(
    select ${periodOf('hour', query.interval)} as period, ${[...columns, 'null::text as tag_value', '0::int8 as folded', ...counts].join(', ')}
    from usage_hourly where ${[...where, ...conditions].join(' and ')})`
}

function ofCalls(segment: Segment, { source, columns, bound }: Part, conditions: readonly string[]): string {
  const { query } = source
  const where = [
    'project_id = $1::uuid',
    `status <> 'RUNNING'`,
    ...between('created_at', segment, bound),
    ...conditionsOf(query.filter, bound),
    ...conditions,
  ]
  const tag = query.groupByTag == null ? 'null::text' : tagValue(bound.add(query.groupByTag, 'text'))
  const sums = [
    ...Object.entries(COUNTERS).map(([name, sum]) => `${sum} as ${name}`),
    ...Object.entries(BY_STATUS).map(([name, is]) => `count(*) filter (where ${is}) as ${name}`),
    ...Object.entries(SKETCHES).map(([name, column]) =>
      query.quantiles === 'unwanted'
        ? `null as ${name}`
        : `string_agg(${bucketOf(column)} || ':1', ',') filter (where status = 'SUCCEEDED') as ${name}`,
    ),
  ]
  const keys = ['1', ...columns, ...(query.groupByTag == null ? [] : ['tag_value'])]
  const call = `(select *, ${tag} as tag_value from call where ${where.join(' and ')}) as made`
  return `(
    select ${periodOf('created_at', query.interval)} as period, ${columns.map((name) => `${name},`).join(' ')}
      ${query.groupByTag == null ? 'null::text as tag_value' : 'tag_value'}, 0::int8 as folded, ${sums.join(', ')}
    from ${call} ${query.groupByTag == null ? '' : 'where tag_value is not null'} group by ${keys.join(', ')})`
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

function periodOf(column: string, interval: UsageInterval | null): string {
  return interval === null ? 'null::timestamptz' : `date_trunc('${interval.toLowerCase()}', ${column}, 'UTC')`
}

/** A row of `dearestStatement`. */
export interface DearestRecord {
  /** JSON: a list of the end user. */
  readonly shown: string
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
      select shown, count(*) over () as known, most_folded as folded
      from (select *, max(folded) over () as most_folded from (${text}) as known) as dearest
      where folded = 0 and shown <> '[null]' order by cost desc, shown limit ${most}`,
    values,
  }
}
