import type { UsageDimension, UsageInterval, UsageQuery } from '../core/ledger.ts'
import { timestamp } from '../database/row-arrays.ts'
import { conditionsOf, type Parameters, parameters } from './call-condition.ts'
import { COUNTERS, ROLLUP_TABLES, type RollupLevel, rollupOf, SKETCHES } from './rollup-sql.ts'

/** A statement with its parameters. */
export interface Statement {
  readonly text: string
  readonly values: string[]
}

/** What a group is by, and how it is shown: a project by its name, an API key by its prefix. */
const DIMENSIONS = {
  PROVIDER: { by: 'provider', shown: 'provider' },
  MODEL: { by: 'model', shown: 'model' },
  REQUESTED_MODEL: { by: 'requested_model', shown: 'requested_model' },
  STATUS: { by: 'status', shown: 'status' },
  PROJECT: { by: 'project_id', shown: '(select name from project where id = project_id)' },
  API_KEY: {
    by: 'api_key_id',
    shown: 'coalesce((select prefix from api_key where id = api_key_id), api_key_id::text)',
  },
  END_USER: { by: 'end_user', shown: 'end_user' },
} as const satisfies Record<UsageDimension, { readonly by: string; readonly shown: string }>

const TRUNCATED = {
  HOUR: 'hour',
  DAY: `date_trunc('day', hour, 'UTC')`,
  MONTH: `date_trunc('month', hour, 'UTC')`,
} as const satisfies Record<UsageInterval, string>

const BY_STATUS = {
  succeeded: `status = 'SUCCEEDED'`,
  failed: `status in ('FAILED', 'ABANDONED')`,
  cancelled: `status = 'CANCELLED'`,
  refused: `status = 'REFUSED'`,
}

const HOUR_MS = 3_600_000

/** A row of the statement's result; 64-bit integers and decimals are text. */
export type UsageRecord = Readonly<Record<keyof typeof COUNTERS | keyof typeof BY_STATUS, string>> &
  Readonly<Record<keyof typeof SKETCHES, string | null>> & {
    readonly period_ms: string | null
    /** JSON: the values of the dimensions asked for, in their order. */
    readonly shown: string
  }

/**
 * The query behind `usage`. Whole hours are read from a rollup; what the range has of an hour at its two ends is added
 * up from the calls themselves, so that any range is exact.
 */
export function usageStatement(projectId: string, query: UsageQuery): Statement {
  const bound = parameters()
  const project = `project_id = ${bound.add(projectId, 'uuid')}`
  const conditions = [project, ...conditionsOf(query.filter, bound)].join(' and ')
  const level = levelOf(query)
  const sources = sourcesOf(query.range, level, { conditions, bound })
  const groups = query.groupBy.map((dimension) => DIMENSIONS[dimension].by)
  const period = query.interval ? TRUNCATED[query.interval] : 'null::timestamptz'
  const shown = query.groupBy.map((dimension) => DIMENSIONS[dimension].shown)
  const firsts = [...new Set(groups)].map((name) => `(array_agg(${name}))[1] as ${name}`)
  const text = `
    with source as (${sources.join(' union all ')}),
    keyed as (
      select *, ${period} as period, row(${[period, ...groups].join(', ')})::text as group_row from source
    ), totals as (
      select ${['group_row', 'min(period) as period', ...firsts, ...sums()].join(', ')} from keyed group by group_row
    ), ${Object.keys(SKETCHES).map(mergedSketch).join(', ')}
    select
      extract(epoch from period) * 1000 as period_ms, jsonb_build_array(${shown.join(', ')})::text as shown,
      ${[...Object.keys(COUNTERS), ...Object.keys(BY_STATUS)].join(', ')},
      ${Object.keys(SKETCHES)
        .map((name) => `${name}::text as ${name}`)
        .join(', ')}
    from totals ${Object.keys(SKETCHES)
      .map((name) => `left join of_${name} using (group_row)`)
      .join(' ')}
    order by period, totals.cost desc, group_row`
  return { text, values: bound.values }
}

/** The coarse rollup is much smaller; the detailed one is read where its dimensions are asked for. */
function levelOf({ groupBy, filter }: UsageQuery): RollupLevel {
  const detailed = groupBy.includes('API_KEY') || groupBy.includes('END_USER')
  return detailed || filter.endUser !== null || filter.tags.length > 0 ? 'detail' : 'coarse'
}

interface Where {
  readonly conditions: string
  readonly bound: Parameters
}

/** The rollup's whole hours, and the calls of the broken hours in the form of the rollup. */
function sourcesOf(range: UsageQuery['range'], level: RollupLevel, { conditions, bound }: Where): string[] {
  const at = (ms: number) => bound.add(timestamp(ms), 'timestamptz')
  const firstHour = Math.ceil(range.from / HOUR_MS) * HOUR_MS
  const endHour = Math.max(firstHour, Math.floor(range.to / HOUR_MS) * HOUR_MS)
  const whole = `
    select ${sourceColumns(level).join(', ')} from ${ROLLUP_TABLES[level]}
    where hour >= ${at(firstHour)} and hour < ${at(endHour)} and ${conditions}`
  const edges = [
    { from: range.from, to: Math.min(firstHour, range.to) },
    { from: Math.max(endHour, range.from), to: range.to },
  ]
  const broken = edges
    .filter((edge) => edge.from < edge.to)
    .map((edge) => {
      const calls = `(
        select * from call where status <> 'RUNNING' and ${conditions}
          and created_at >= ${at(edge.from)} and created_at < ${at(edge.to)}
      ) as made`
      return `(select ${sourceColumns(level).join(', ')} from (${rollupOf(level, calls)}) as edge)`
    })
  return [whole, ...broken]
}

function sourceColumns(level: RollupLevel): string[] {
  const dimensions = ['project_id', 'hour', 'requested_model', 'provider', 'model', 'status']
  const detail = level === 'detail' ? ['api_key_id', 'end_user'] : []
  return [...dimensions, ...detail, ...Object.keys(COUNTERS), ...Object.keys(SKETCHES)]
}

function sums(): string[] {
  return [
    ...Object.keys(COUNTERS).map((name) => `sum(${name}) as ${name}`),
    ...Object.entries(BY_STATUS).map(([name, is]) => `coalesce(sum(calls) filter (where ${is}), 0) as ${name}`),
  ]
}

function mergedSketch(name: string): string {
  return `of_${name} as (
    select group_row, jsonb_object_agg(bucket, n) as ${name}
    from (
      select group_row, bucket, sum(n::int8) as n from keyed, jsonb_each_text(${name}) as counted (bucket, n)
      group by group_row, bucket
    ) as buckets
    group by group_row
  )`
}
