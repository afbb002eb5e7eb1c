import type postgres from 'postgres'
import type { TimeRange } from '../../core/time-range.ts'
import type { UsageQuery } from '../../core/usage-report.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { KEYS_OF, NAMED_KEYS, type NamedKind } from './rollup-kinds.ts'
import { hashOf, placesOf, type TagPlaces } from './tag-places.ts'
import type { RollupState } from './usage-segments.ts'

const STATE = `
  select
    (select extract(epoch from at) * 1000 from usage_progress where name = 'compacted') as compacted_ms,
    (select extract(epoch from at) * 1000 from usage_progress where name = 'recent') as recent_ms,
    (select extract(epoch from at) * 1000 from usage_progress where name = 'kept') as kept_ms,
    (select jsonb_agg(distinct extract(epoch from day)::int8 * 1000)::text from usage_late
      where project_id = $1::uuid and day > $2::timestamptz - interval '24 hours' and day < $3::timestamptz) as late,
    (select jsonb_agg(jsonb_build_array(tag, value, grain, extract(epoch from period)::int8 * 1000, known, array_position(named, value))
        order by period)::text
      from usage_named join unnest($4::text[], $5::text[]) as wanted (tag, value) using (tag)
      where project_id = $1::uuid and period > $2::timestamptz - interval '24 hours' and period < $3::timestamptz) as folds`

interface StateRow {
  readonly compacted_ms: string
  readonly recent_ms: string
  readonly kept_ms: string
  readonly late: string | null
  readonly folds: string | null
}

/** That a period has more keys of tags, or more values of a filter's tag, than some of its rollups name. */
export interface Fold {
  readonly of: 'KEYS' | 'VALUES'
  /** The hash of the key that is asked for. */
  readonly key: string
  readonly grain: 'RECENT' | 'DAY'
  /** Milliseconds since 1970. */
  readonly period: number
  /** How many there are. */
  readonly known: number
  /** The place of what is asked for; null where it is behind all that any rollup names, or not there. */
  readonly place: number | null
}

export interface ReadState extends RollupState {
  /** In the order of time. */
  readonly folds: readonly Fold[]
}

/** How far rollups are made, for a project, a range and the tags that are asked for. */
export async function readRollupState(
  tx: postgres.TransactionSql,
  projectId: string,
  query: UsageQuery,
): Promise<ReadState> {
  const { range, filter } = query
  const wanted = [
    ...filter.tags.map(({ key, value }) => [hashOf(key), value] as const),
    ...[...placesOf(query).hashes].map((hash) => [NAMED_KEYS, hash] as const),
  ]
  const bound = [projectId, timestamp(range.from), timestamp(range.to)]
  const named = [textArray(wanted.map(([tag]) => tag)), textArray(wanted.map(([, value]) => value))]
  const [row] = await tx.unsafe<StateRow[]>(STATE, [...bound, ...named], { prepare: true })
  const late: number[] = JSON.parse(row?.late ?? '[]')
  const folds: [string, string, Fold['grain'], number, number, number | null][] = JSON.parse(row?.folds ?? '[]')
  return {
    compacted: Number(row?.compacted_ms ?? 0),
    recent: Number(row?.recent_ms ?? 0),
    kept: Number(row?.kept_ms ?? 0),
    late: late.sort((a, b) => a - b),
    folds: folds.map(([tag, value, grain, period, known, place]) => ({
      ...(tag === NAMED_KEYS ? { of: 'KEYS', key: value } : { of: 'VALUES', key: tag }),
      grain,
      period,
      known,
      place,
    })),
  }
}

/** The periods of a grain in which a rollup of tags does not name what is asked for. */
export function unnamedPeriods(
  { folds }: ReadState,
  grain: Fold['grain'],
  { kind, tags }: { readonly kind: NamedKind | null; readonly tags: TagPlaces },
): number[] {
  const { values } = kind ?? {}
  const keys = kind === null ? undefined : KEYS_OF[kind.of]
  if (values === undefined || keys === undefined) return []
  const isUnnamed = ({ of, known, place }: Fold) => {
    const most = of === 'KEYS' ? keys : values
    return known > most && (place === null || place > most)
  }
  const mine = folds.filter((fold) => fold.grain === grain && tags.hashes.has(fold.key))
  return [...new Set(mine.filter(isUnnamed).map(({ period }) => period))]
}

const ALWAYS_NAMED = `
  with folded as (
    select named[1:$5::int] as named from usage_named
    where project_id = $1::uuid and tag = $4::text and known > $5::int
      and period > $2::timestamptz - interval '24 hours' and period < $3::timestamptz
  ), always as (
    select value from folded cross join lateral unnest(named) as value
    group by value having count(*) = (select count(*) from folded)
  )
  select (select count(*) from folded)::int as periods, (select jsonb_agg(value)::text from always) as names`

/**
 * The values of a tag that every rollup of a range names, where each names so many.
 * @returns null where there are no others
 */
export async function alwaysNamed(
  tx: postgres.TransactionSql,
  projectId: string,
  { range, key, values }: { readonly range: TimeRange; readonly key: string; readonly values: number },
): Promise<ReadonlySet<string> | null> {
  const bound = [projectId, timestamp(range.from), timestamp(range.to), hashOf(key), String(values)]
  const [row] = await tx.unsafe<{ periods: number; names: string | null }[]>(ALWAYS_NAMED, bound, { prepare: true })
  return row === undefined || row.periods === 0 ? null : new Set<string>(JSON.parse(row.names ?? '[]'))
}
