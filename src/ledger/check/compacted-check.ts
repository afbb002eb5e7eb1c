import {
  BUSY_ROWS,
  FEWEST_KEYS,
  FEWEST_VALUES,
  type Grain,
  MOST_KEYS,
  MOST_VALUES,
  NAMED_KEYS,
  ROLLUP_KINDS,
  TOP_USER,
  USER_DETAIL,
} from '../usage/rollup-kinds.ts'
import { BY_STATUS, COUNTERS, EACH_TAG, SKETCHES } from '../usage/rollup-sql.ts'
import { differences, moment } from './check-sql.ts'
import { ENDED } from './ended-calls.ts'

const SKETCH_NAMES = Object.keys(SKETCHES)
const MEASURES = [...Object.keys(COUNTERS), ...Object.keys(BY_STATUS), ...SKETCH_NAMES]
const KEY = 'project_id, kind, grain, period'

/** How many calls a sketch as text holds. */
const heldBy = (sketch: string) =>
  `(select coalesce(sum(split_part(entry, ':', 2)::int8), 0) from string_to_table(${sketch}, ',') as entry)`

const SUMS = [
  ...Object.entries(COUNTERS).map(([name, sum]) => `${sum} as ${name}`),
  ...Object.entries(BY_STATUS).map(([name, is]) => `count(*) filter (where ${is}) as ${name}`),
  ...Object.entries(SKETCHES).map(
    ([name, column]) => `count(${column}) filter (where status = 'SUCCEEDED') as ${name}`,
  ),
].join(', ')

const RESUMS = MEASURES.map((name) => `sum(${name}) as ${name}`).join(', ')

const HOUR = `project_id, date_trunc('hour', created_at, 'UTC') as hour`
/** Those of a call's tags whose keys differ. */
const TAGS = `(select distinct md5(entry->>'key') as hash from jsonb_array_elements(tags) as entry)`

/** What calls come to, by hour: of each sort that rollups are of, those of tags with a hash of their keys. */
const HOURS = `
  select ${HOUR}, 'ALL' as sort, '' as suffix, ${SUMS} from ${ENDED} group by 1, 2, 3, 4
  union all
  select ${HOUR}, sort, '', ${SUMS}
  from ${ENDED} cross join lateral unnest(
    case when end_user is null then '{ANONYMOUS}' else '{USER,TOP_USERS}' end::text[]) as sort
  group by 1, 2, 3, 4
  union all
  select ${HOUR}, sort, ':' || hash, ${SUMS}
  from ${ENDED} cross join lateral ${TAGS} as tag cross join lateral unnest(
    case when end_user is null then '{TAG,ANONYMOUS_TAG}' else '{TAG}' end::text[]) as sort
  where tags <> '[]' group by 1, 2, 3, 4
  union all
  select ${HOUR}, 'TWO_TAGS', ':' || md5(first.hash || second.hash), ${SUMS}
  from ${ENDED} cross join lateral ${TAGS} as first
    join lateral ${TAGS} as second on second.hash > first.hash collate "C"
  where tags <> '[]' group by 1, 2, 3, 4`

/** Which kinds there are at which grain, and which calls each is of. */
const KINDS = ROLLUP_KINDS.filter(({ only }) => only === undefined)
  .flatMap(({ name, grains, of }) => grains.map((grain) => `('${name}', '${grain}', '${of}')`))
  .join(', ')

const PERIODS = {
  RECENT: 'hour',
  HOUR: 'hour',
  DAY: `date_trunc('day', hour, 'UTC')`,
  MONTH: `date_trunc('month', hour, 'UTC')`,
} as const satisfies Record<Grain, string>

const PERIOD = `case grain ${Object.entries(PERIODS)
  .map(([grain, start]) => `when '${grain}' then ${start}`)
  .join(' ')} end`

/** The sums of every kind, grain and period. */
const WANT = `
  select project_id, kinds.kind || hours.suffix as kind, grain, ${PERIOD} as period, ${RESUMS}
  from (${HOURS}) as hours join (values ${KINDS}) as kinds (kind, grain, sort) using (sort)
  group by 1, 2, 3, 4`

const heldOf = (name: string) => `sum(${SKETCH_NAMES.includes(name) ? heldBy(name) : name}) as ${name}`
const HELD = MEASURES.map(heldOf).join(', ')
const IN_PERIOD = 'period >= $1::timestamptz and period < $2::timestamptz'
const OF_BUSY_USERS = ROLLUP_KINDS.filter(({ of, only }) => of === 'USER' && only === 'BUSY_USERS').map(
  ({ name }) => name,
)
const BUSY_KINDS = `'{${OF_BUSY_USERS.join(',')}}'::text[]`
const PARTIAL = ROLLUP_KINDS.filter(({ only }) => only !== undefined).map(({ name }) => name)

const KEPT = `
  select ${KEY}, ${HELD} from usage_rollup where ${IN_PERIOD} and split_part(kind, ':', 1) <> all('{${PARTIAL.join(',')}}'::text[]) group by ${KEY}`

/** What the days of busy end users come to by month. */
const BUSY_WANT = `
  select project_id, kind, 'MONTH' as grain, period, ${RESUMS}
  from (
    select project_id, end_user, date_trunc('month', period, 'UTC') as period, ${HELD} from usage_rollup
    where kind = '${USER_DETAIL}' and grain = 'DAY' and ${IN_PERIOD} group by 1, 2, 3 having count(*) >= ${BUSY_ROWS}
  ) as busy cross join unnest(${BUSY_KINDS}) as kind
  group by 1, 2, 4`

const BUSY_KEPT = `
  select ${KEY}, ${HELD} from usage_rollup where ${IN_PERIOD} and kind = any(${BUSY_KINDS}) group by ${KEY}`

/** Whatever the session's time zone. */
const MONTH_END = `(period at time zone 'UTC' + interval '1 month') at time zone 'UTC'`

/** Whether a period is over, summed up, and of no call that has changed since. */
const SUMMED_UP = `
  case when grain in ('RECENT', 'HOUR') then period + interval '1 hour' when grain = 'DAY' then period + interval '24 hours'
    else ${MONTH_END} end <= (select case when grain = 'HOUR' then date_trunc('day', at, 'UTC') else at end
      from usage_progress where name = 'compacted')
  and (grain <> 'RECENT' or period >= (select at from usage_progress where name = 'recent'))
  and period >= $1::timestamptz and not exists (
    select from usage_late where usage_late.project_id = coalesce(want.project_id, kept.project_id)
      and usage_late.day >= case grain when 'MONTH' then period else date_trunc('day', period, 'UTC') end
      and usage_late.day < case grain when 'MONTH' then ${MONTH_END} else period + interval '1 hour' end
  )`

/** Whether all keys of tags have rollups: who has more of them than that is not compared by tag. */
const ALL_KEYS = `
  not exists (
    select from usage_named as keys where keys.tag = '${NAMED_KEYS}'
      and keys.project_id = coalesce(want.project_id, kept.project_id)
      and keys.period >= coalesce(want.period, kept.period)
      and keys.period < case grain when 'MONTH' then ${MONTH_END} else period + interval '1 hour' end)`

const LISTED = `
  (select *, date_trunc('hour', created_at, 'UTC') as hour from ${ENDED}) as made
    cross join lateral ${EACH_TAG} as tag
    cross join lateral (values ('RECENT', hour), ('DAY', ${PERIODS.DAY})) as at (grain, period)
  where tags <> '[]'`

/** How many keys of tags, and values of each, there are in each period that rollups name them for. */
const WANTED_NAMES = `
  select project_id, tag, grain, period, count(distinct told)::int8 as known
  from ${LISTED} group by 1, 2, 3, 4 having count(distinct told) > ${FEWEST_VALUES}
  union all
  select project_id, '${NAMED_KEYS}', grain, period, count(distinct tag)::int8
  from ${LISTED} group by 1, 3, 4 having count(distinct tag) > ${FEWEST_KEYS}`

const KEPT_NAMES = `
  select project_id, tag, grain, period, known, cardinality(named) as named from usage_named where ${IN_PERIOD}`

/**
 * What the job sums up of days and months that are over: the sum over the rows of each kind and period is that over the
 * calls, and so many calls are in its sketches; the users that cost most have no sketch by month. Months of busy end users are the
 * sum of their days. Where not all values of a tag are named, it says which are.
 */
export function compactedChecks(): string[] {
  return [sumsCheck(WANT, KEPT), sumsCheck(BUSY_WANT, BUSY_KEPT), namesCheck()]
}

function sumsCheck(want: string, kept: string): string {
  const pairs = MEASURES.map((name) => {
    const isSketch = SKETCH_NAMES.includes(name)
    const shown = (side: string) => {
      const value = `coalesce(${side}.${name}, 0)`
      return isSketch ? `case when kind <> '${TOP_USER}' then ${value} end` : value
    }
    return { field: name, expected: shown('want'), found: shown('kept') }
  })
  return differences({
    place: 'usage_rollup',
    key: `concat_ws(' ', project_id, kind, grain, ${moment('period')})`,
    from: `(${want}) as want full join (${kept}) as kept using (${KEY})`,
    where: `${SUMMED_UP} and (kind not like '%:%' or ${ALL_KEYS})`,
    pairs,
  })
}

function namesCheck(): string {
  const most = `case tag when '${NAMED_KEYS}' then ${MOST_KEYS} else ${MOST_VALUES} end`
  return differences({
    place: 'usage_named',
    key: `concat_ws(' ', project_id, tag, grain, ${moment('period')})`,
    from: `(${WANTED_NAMES}) as want full join (${KEPT_NAMES}) as kept using (project_id, tag, grain, period)`,
    where: `${SUMMED_UP} and (tag = '${NAMED_KEYS}' or ${ALL_KEYS})`,
    pairs: [
      { field: 'known', expected: 'coalesce(want.known, 0)', found: 'coalesce(kept.known, 0)' },
      { field: 'named', expected: `least(want.known, ${most})`, found: 'kept.named' },
    ],
  })
}
