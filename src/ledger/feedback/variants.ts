import type { ExperimentQuery, Sample, VariantTotals } from '../../core/feedback.ts'
import { LOG_GAMMA, type Sketch, SMALLEST_MS } from '../../core/sketch.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'

/** The calls of an experiment's variants: parameters are the project, the range's ends, and the experiment. */
const ASSIGNED = `
  select call.*, assigned ->> 'variant' as variant,
    cost_input::numeric + cost_cached_input + cost_cache_write + cost_output as cost
  from call, jsonb_array_elements(variants) as assigned
  where project_id = $1::uuid and created_at >= $2::timestamptz and created_at < $3::timestamptz
    and variants is not null and assigned ->> 'experiment' = $4`

const TOTALS = `
  with assigned as (${ASSIGNED})
  select variant, count(*) as calls,
    count(*) filter (where status = 'SUCCEEDED') as succeeded,
    count(*) filter (where status in ('FAILED', 'ABANDONED')) as failed,
    count(*) filter (where status = 'CANCELLED') as cancelled,
    sum(cost)::text as cost,
    count(*) filter (where not priced) as unpriced_calls,
    ${sampleOf('cost', 'priced')}, ${sampleOf('total_ms', "status = 'SUCCEEDED'")}
  from assigned group by variant order by variant collate "C"`

const SKETCHES = `
  with assigned as (${ASSIGNED} and status = 'SUCCEEDED')
  ${['total_ms', 'first_token_ms'].map(sketchOf).join(' union all ')}`

const SCORES = `
  with assigned as (${ASSIGNED}), rated as (
    select variant, metric, avg(score) as score
    from assigned join rating on rating.call_id = assigned.id
    where rating.project_id = $1::uuid and call_created_at >= $2::timestamptz and call_created_at < $3::timestamptz
    group by variant, metric, assigned.id
  )
  select variant, metric, ${sampleOf('score', 'true')} from rated group by variant, metric
  order by variant, metric collate "C"`

function sampleOf(column: string, condition: string): string {
  const only = `filter (where ${condition} and ${column} is not null)`
  return `count(*) ${only} as ${column}_count, avg(${column}::float8) ${only} as ${column}_mean,
    var_samp(${column}::float8) ${only} as ${column}_variance`
}

/** The same buckets as `bucketOf` in core/sketch.ts. */
function sketchOf(column: string): string {
  return `(select variant, '${column}' as name, ceil(ln(greatest(${column}, ${SMALLEST_MS})) / ${LOG_GAMMA})::int as bucket,
      count(*)::int as n
    from assigned where ${column} is not null group by variant, bucket)`
}

type Numbers<Name extends string> = {
  readonly [Key in `${Name}_count` | `${Name}_mean` | `${Name}_variance`]: string | number | null
}

interface TotalsRow extends Numbers<'cost'>, Numbers<'total_ms'> {
  readonly variant: string
  readonly calls: string
  readonly succeeded: string
  readonly failed: string
  readonly cancelled: string
  readonly cost: string
  readonly unpriced_calls: string
}

interface SketchRow {
  readonly variant: string
  readonly name: 'total_ms' | 'first_token_ms'
  readonly bucket: number
  readonly n: number
}

interface ScoreRow extends Numbers<'score'> {
  readonly variant: string
  readonly metric: string
}

/** How the variants of an experiment did, by name. */
export async function readVariants({ sql }: Database, query: ExperimentQuery): Promise<readonly VariantTotals[]> {
  const { projectId, experiment, range } = query
  const values = [projectId, timestamp(range.from), timestamp(range.to), experiment]
  const [totals, sketches, scores] = await Promise.all([
    sql.unsafe<TotalsRow[]>(TOTALS, values, { prepare: true }),
    sql.unsafe<SketchRow[]>(SKETCHES, values, { prepare: true }),
    sql.unsafe<ScoreRow[]>(SCORES, values, { prepare: true }),
  ])
  return totals.map((row) => ({
    variant: row.variant,
    calls: Number(row.calls),
    succeeded: Number(row.succeeded),
    failed: Number(row.failed),
    cancelled: Number(row.cancelled),
    cost: BigInt(row.cost),
    unpricedCalls: Number(row.unpriced_calls),
    costPerCall: sample(row.cost_count, row.cost_mean, row.cost_variance),
    latency: sample(row.total_ms_count, row.total_ms_mean, row.total_ms_variance),
    latencySketch: sketch(sketches, row.variant, 'total_ms'),
    firstTokenSketch: sketch(sketches, row.variant, 'first_token_ms'),
    scores: new Map(
      scores
        .filter(({ variant }) => variant === row.variant)
        .map((score) => [score.metric, sample(score.score_count, score.score_mean, score.score_variance)]),
    ),
  }))
}

type Cell = string | number | null

function sample(count: Cell, mean: Cell, variance: Cell): Sample {
  return { count: Number(count), mean: Number(mean), variance: Number(variance) }
}

function sketch(rows: readonly SketchRow[], variant: string, name: SketchRow['name']): Sketch {
  const own = rows.filter((row) => row.variant === variant && row.name === name)
  return new Map(own.map(({ bucket, n }) => [bucket, n]))
}
