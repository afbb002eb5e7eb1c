import type postgres from 'postgres'
import type { TimeRange } from '../../core/time-range.ts'
import { timestamp } from '../../database/row-arrays.ts'
import type { RollupState } from './usage-segments.ts'

const STATE = `
  select
    (select extract(epoch from at) * 1000 from usage_progress where name = 'compacted') as compacted_ms,
    (select extract(epoch from at) * 1000 from usage_progress where name = 'recent') as recent_ms,
    (select extract(epoch from at) * 1000 from usage_progress where name = 'kept') as kept_ms,
    (select jsonb_agg(distinct extract(epoch from day)::int8 * 1000)::text from usage_late
      where project_id = $1::uuid and day > $2::timestamptz - interval '24 hours' and day < $3::timestamptz) as late,
    exists (
      select from usage_rollup where project_id = $1::uuid and kind = $4::text and folded > 0
        and period > $2::timestamptz - interval '24 hours' and period < $3::timestamptz
    ) as is_folded`

interface StateRow {
  readonly compacted_ms: string
  readonly recent_ms: string
  readonly kept_ms: string
  readonly late: string | null
  readonly is_folded: boolean
}

/**
 * How far rollups are made, for a project and a range.
 * @param kind of a tag: whether some of its values were folded within the range; null asks for none
 */
export async function readRollupState(
  tx: postgres.TransactionSql,
  projectId: string,
  { range, kind }: { readonly range: TimeRange; readonly kind: string | null },
): Promise<RollupState & { readonly isFolded: boolean }> {
  const bound = [projectId, timestamp(range.from), timestamp(range.to), kind ?? '']
  const [row] = await tx.unsafe<StateRow[]>(STATE, bound, { prepare: true })
  const late: number[] = JSON.parse(row?.late ?? '[]')
  return {
    compacted: Number(row?.compacted_ms ?? 0),
    recent: Number(row?.recent_ms ?? 0),
    kept: Number(row?.kept_ms ?? 0),
    late: late.sort((a, b) => a - b),
    isFolded: row?.is_folded === true,
  }
}
