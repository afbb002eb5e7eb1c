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
const WHOLE = `greatest(quota_window.window_start, quota.created_at) >= $4::timestamptz`

/** Every window with what its calls say of it. */
const WINDOWS = `quota_window join quota on quota.id = quota_window.quota_id
  left join ${CHARGED} as charged using (${WINDOW}) left join ${RESERVED} as running using (${WINDOW})`

const KEY = `concat_ws(' ', quota_id, ${moment('window_start')}, nullif(subject, ''))`

/** Where calls of a window were dropped, what is used is at least what the others were charged. */
export function quotaUsedChecks(): string[] {
  const expected = `case when ${WHOLE} then coalesce(charged.used, 0)
    else greatest(quota_window.used, coalesce(charged.used, 0)) end`
  return [
    differences({
      place: 'quota_window',
      key: KEY,
      from: WINDOWS,
      where: 'true',
      pairs: [{ field: 'used', expected, found: 'quota_window.used' }],
    }),
  ]
}

export function quotaReservedChecks(): string[] {
  const pairs = [{ field: 'reserved', expected: 'coalesce(running.reserved, 0)', found: 'quota_window.reserved' }]
  return [differences({ place: 'quota_window', key: KEY, from: WINDOWS, where: 'true', pairs })]
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
