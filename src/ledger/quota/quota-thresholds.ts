import type postgres from 'postgres'
import { QUOTA_EVENTS_CHANNEL } from '../../database/quota-events.ts'

/** Wakes those who follow events, on all replicas, once the transaction is committed. */
const WAKE = `select pg_notify('${QUOTA_EVENTS_CHANNEL}', '') from told limit 1`

const EVENT_COLUMNS = `
  id, at, quota_id, window_start, subject, threshold, project_id, scope_type, scope_key, scope_value, unit, window_name,
  limit_amount, used, reserved`

/** Calls at once have no window of time, so they are told of once an hour. */
const WINDOW = `case when quota.unit = 'CONCURRENT_CALLS' then date_trunc('hour', clock_timestamp()) else window_start end`

const OF_QUOTA = `
  quota.project_id, quota.scope_type, quota.scope_key, quota.scope_value, quota.unit, quota.window_name,
  quota.limit_amount`

/**
 * Writes an event for each threshold that a window passed. Behind a relation `changed` of windows as they are now, with
 * what that is more than before. Dollars, tokens and requests count when they are used, calls at once when they begin.
 * Only a window that was below a threshold and is not any more comes as far as to the table of events.
 */
export const THRESHOLDS_PASSED = `, told as (
  insert into quota_event (${EVENT_COLUMNS})
  select gen_random_uuid(), clock_timestamp(), quota.id, ${WINDOW}, subject, percent::int, ${OF_QUOTA}, used, reserved
  from changed
  join quota on quota.id = changed.quota_id
  cross join lateral jsonb_array_elements_text(quota.thresholds) as percent
  cross join lateral (
    select case when quota.unit = 'CONCURRENT_CALLS' then reserved else used end as now,
      case when quota.unit = 'CONCURRENT_CALLS' then more_reserved else more_used end as more
  ) as measure
  where measure.now * 100 >= quota.limit_amount * percent::int
    and (measure.now - measure.more) * 100 < quota.limit_amount * percent::int
  on conflict do nothing
  returning id
)
${WAKE}`

const LIMIT_REACHED = `
  with told as (
  insert into quota_event (${EVENT_COLUMNS})
  select distinct on (quota.id, subject)
    gen_random_uuid(), clock_timestamp(), quota.id, ${WINDOW}, subject, 100, ${OF_QUOTA}, full_one.used, full_one.reserved
  from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::numeric[], $5::numeric[])
    as full_one (quota_id, window_start, subject, used, reserved)
  join quota on quota.id = full_one.quota_id
  where quota.thresholds @> '100'
  order by quota.id, subject
  on conflict do nothing
  returning id
)
${WAKE}`

/** Tells that windows have turned calls away: that is what 100 % means. */
export async function tellLimitReached(tx: postgres.TransactionSql, parameters: string[]): Promise<void> {
  await tx.unsafe(LIMIT_REACHED, parameters, { prepare: true })
}
