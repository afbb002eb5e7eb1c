import { type Grain, type KindOf, ROLLUP_KINDS, TOP_USER } from '../usage/rollup-kinds.ts'
import { BY_STATUS, COUNTERS, SKETCHES } from '../usage/rollup-sql.ts'
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

/** What calls come to, by hour: all of them, those with and without an end user, and those with each key of a tag. */
const HOURS = `
  select project_id, date_trunc('hour', created_at, 'UTC') as hour, 'ALL' as sort, ${SUMS} from ${ENDED} group by 1, 2, 3
  union all
  select project_id, date_trunc('hour', created_at, 'UTC'), case when end_user is null then 'ANONYMOUS' else 'USERS' end, ${SUMS}
  from ${ENDED} group by 1, 2, 3
  union all
  select project_id, date_trunc('hour', created_at, 'UTC'), md5(key), ${SUMS}
  from ${ENDED} cross join lateral (
    select distinct entry->>'key' as key from jsonb_array_elements(tags) as entry
  ) as tag
  where tags <> '[]' group by 1, 2, 3`

const OF_TAGS: KindOf = 'TAG'

/** Which kinds there are at which grain, and which calls each is of. */
const KINDS = ROLLUP_KINDS.flatMap(({ name, grains, of }) =>
  grains.map((grain) => `('${name}', '${grain}', '${of}')`),
).join(', ')

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
  select project_id, case when kinds.sort = '${OF_TAGS}' then kinds.kind || ':' || hours.sort else kinds.kind end as kind, grain,
    ${PERIOD} as period, ${RESUMS}
  from (${HOURS}) as hours
  join (values ${KINDS}) as kinds (kind, grain, sort)
    on kinds.sort = case when hours.sort in ('ALL', 'ANONYMOUS', 'USERS') then hours.sort else '${OF_TAGS}' end
  group by 1, 2, 3, 4`

const KEPT = `
  select ${KEY}, ${MEASURES.map((name) => `sum(${SKETCH_NAMES.includes(name) ? heldBy(name) : name}) as ${name}`).join(', ')}
  from usage_rollup where period >= $1::timestamptz and period < $2::timestamptz
  group by ${KEY}`

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

/**
 * What the job sums up of days and months that are over: the sum over the rows of each kind and period is that over the
 * calls, and so many calls are in its sketches. The users that cost most have no sketch by month.
 */
export function compactedCheck(): string {
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
    from: `(${WANT}) as want full join (${KEPT}) as kept using (${KEY})`,
    where: SUMMED_UP,
    pairs,
  })
}
