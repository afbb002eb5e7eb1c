import { WINDOW_DAYS } from '../quota/quota-forgetting.ts'
import { differences, IN_RANGE, intruders, moment } from './check-sql.ts'

const WINDOW = 'quota_id, window_start, subject'

/** What calls of all times were charged, by window. */
const CHARGED = `(
  select (one->>'quotaId')::uuid as quota_id, to_timestamp((one->>'windowStart')::numeric / 1000) as window_start,
    coalesce(one->>'subject', '') as subject, sum((one->>'used')::numeric) as used
  from call cross join lateral jsonb_array_elements(charges) as one
  where charges is not null group by 1, 2, 3
)`

/** What running calls have reserved, by window. */
const RESERVED = `(
  select (one->>'quotaId')::uuid as quota_id, to_timestamp((one->>'windowStart')::numeric / 1000) as window_start,
    coalesce(one->>'subject', '') as subject, sum((one->>'amount')::numeric) as reserved
  from call cross join lateral jsonb_array_elements(reservations) as one
  where status = 'RUNNING' and reservations is not null group by 1, 2, 3
)`

/** A window of which no call was dropped: it began, or its quota was set, when all calls that there were are still kept. */
const WHOLE = 'greatest(window_start, quota.created_at) >= $4::timestamptz'

/** Every window with what its calls say of it, also where calls alone tell of it. */
const WINDOWS = `(
  quota_window full join ${CHARGED} as charged using (${WINDOW}) full join ${RESERVED} as running using (${WINDOW})
) join quota on quota.id = quota_id`

/** One that is over is forgotten, and need not be there. */
const EXPECTED = `quota_window.used is not null or window_start = to_timestamp(0)
  or window_start > $3::timestamptz - interval '${WINDOW_DAYS - 1} days'`

const KEY = `concat_ws(' ', quota_id, ${moment('window_start')}, nullif(subject, ''))`

/** Where calls of a window were dropped, what is used is at least what the others were charged. */
export function quotaUsedChecks(): string[] {
  const used = 'coalesce(quota_window.used, 0)'
  const expected = `case when ${WHOLE} then coalesce(charged.used, 0) else greatest(${used}, coalesce(charged.used, 0)) end`
  const pairs = [{ field: 'used', expected, found: used }]
  return [differences({ place: 'quota_window', key: KEY, from: WINDOWS, where: EXPECTED, pairs })]
}

export function quotaReservedChecks(): string[] {
  const found = 'coalesce(quota_window.reserved, 0)'
  const pairs = [{ field: 'reserved', expected: 'coalesce(running.reserved, 0)', found }]
  return [differences({ place: 'quota_window', key: KEY, from: WINDOWS, where: EXPECTED, pairs })]
}

const TRIED_TOKENS = `(
  select coalesce(sum(input_tokens + output_tokens), 0)::int8 from attempt
  where attempt.call_id = call.id and attempt.created_at = call.created_at
)`

/** What a call must have been charged of a quota, by its unit: `one` is a charge of `call`. */
export const DUE = `case one->>'unit'
  when 'USD' then call.cost_input::numeric + call.cost_cached_input + call.cost_cache_write + call.cost_output
  when 'TOKENS' then ${TRIED_TOKENS}
  when 'REQUESTS' then (call.status <> 'REFUSED')::int
end`

/** Calls whose charges follow from what they say; what an abandoned one was charged is what was reserved. */
export const CHARGED_CALLS = `call.charges is not null and call.status not in ('RUNNING', 'ABANDONED')
  and call.created_at >= $1::timestamptz and call.created_at < $2::timestamptz`

/** What calls were charged is what they used. */
export function chargeChecks(): string[] {
  return [
    differences({
      place: 'call',
      key: 'call.id::text',
      from: 'call cross join lateral jsonb_array_elements(call.charges) as one',
      where: CHARGED_CALLS,
      pairs: [{ field: 'charges', expected: DUE, found: `one->>'used'` }],
    }),
  ]
}

/** An abandoned call keeps them on purpose: it may turn out not to be dead. */
export function reservationChecks(): string[] {
  return [
    intruders(
      'call',
      'id',
      'reservations',
      'reservations',
      `call where ${IN_RANGE} and reservations is not null and status not in ('RUNNING', 'ABANDONED')`,
    ),
  ]
}
