import type { Ours, Reconciliation, ReconciliationQuery, Theirs } from '../../core/reconciliation.ts'
import type { Database } from '../../database/database.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { reconcile, type Said } from './reconcile.ts'

const DAY_MS = 86_400_000

/** Where the providers' reports and the ledger agree, and where not. */
export async function readReconciliation(database: Database, query: ReconciliationQuery): Promise<Reconciliation> {
  const from = Math.floor(query.range.from / DAY_MS) * DAY_MS
  const to = Math.ceil(query.range.to / DAY_MS) * DAY_MS
  const parameters = [timestamp(from), timestamp(to), textArray(query.providers)]
  const [theirs, ours] = await Promise.all([readTheirs(database, parameters), readOurs(database, parameters)])
  return reconcile(theirs, ours)
}

interface Row {
  readonly provider: string
  readonly day: string
  readonly model: string | null
}

const OF_PROVIDERS = `(cardinality($3::text[]) = 0 or provider = any($3::text[]))`

/**
 * Reports of two formats may tell of the same day, one of them its cost, the other its tokens, or both both: of each the
 * report that was taken in last counts.
 */
const THEIRS = `
  with said as (
    select * from provider_cost
    where day >= ($1::timestamptz at time zone 'UTC')::date and day < ($2::timestamptz at time zone 'UTC')::date
      and ${OF_PROVIDERS}
  ), costs as (
    select distinct on (provider, day) provider, day, source from said where cost is not null
    order by provider, day, imported_at desc, source
  ), counts as (
    select distinct on (provider, day) provider, day, source from said where num_nonnulls(input_tokens, output_tokens, requests) > 0
    order by provider, day, imported_at desc, source
  )
  select provider, said.day::text as day, model,
    sum(cost) filter (where said.source = costs.source) as cost,
    sum(input_tokens) filter (where said.source = counts.source) as input_tokens,
    sum(output_tokens) filter (where said.source = counts.source) as output_tokens,
    sum(requests) filter (where said.source = counts.source) as requests
  from said left join costs using (provider, day) left join counts using (provider, day)
  group by provider, said.day, model`

type TheirRow = Row & Readonly<Record<'cost' | 'input_tokens' | 'output_tokens' | 'requests', string | null>>

async function readTheirs({ sql }: Database, parameters: string[]): Promise<Said<Theirs>[]> {
  const rows = await sql.unsafe<TheirRow[]>(THEIRS, parameters)
  const count = (text: string | null) => (text === null ? null : Number(text))
  return rows.map(({ provider, day, model, cost, ...counts }) => ({
    provider,
    day,
    model,
    figures: {
      cost: cost === null ? null : BigInt(cost),
      inputTokens: count(counts.input_tokens),
      outputTokens: count(counts.output_tokens),
      requests: count(counts.requests),
    },
  }))
}

/**
 * From the attempts, since rollups know only who answered in the end, and not until when a provider was asked. An attempt
 * begins when its call has, and no call lasts a day.
 */
const OURS = `
  select provider, (started_at at time zone 'UTC')::date::text as day, coalesce(answered_model, model) as model,
    coalesce(sum(total), 0) as cost, coalesce(sum(total) filter (where usage_estimated), 0) as estimated,
    count(*) filter (where total is null) as unpriced, coalesce(sum(input_tokens), 0) as input_tokens,
    coalesce(sum(output_tokens), 0) as output_tokens, count(*) as attempts
  from (
    select *, cost_input::numeric + cost_cached_input + cost_cache_write + cost_output as total from attempt
    where created_at >= $1::timestamptz - interval '1 day' and created_at < $2::timestamptz
      and started_at >= $1::timestamptz and started_at < $2::timestamptz
      and outcome <> 'SHORT_CIRCUITED' and ${OF_PROVIDERS}
  ) as asked
  group by 1, 2, 3`

type OurRow = Row &
  Readonly<Record<'cost' | 'estimated' | 'unpriced' | 'input_tokens' | 'output_tokens' | 'attempts', string>>

async function readOurs({ sql }: Database, parameters: string[]): Promise<Said<Ours>[]> {
  const rows = await sql.unsafe<OurRow[]>(OURS, parameters)
  return rows.map(({ provider, day, model, ...sums }) => ({
    provider,
    day,
    model,
    figures: {
      cost: BigInt(sums.cost),
      estimated: BigInt(sums.estimated),
      unpricedAttempts: Number(sums.unpriced),
      inputTokens: Number(sums.input_tokens),
      outputTokens: Number(sums.output_tokens),
      attempts: Number(sums.attempts),
    },
  }))
}
