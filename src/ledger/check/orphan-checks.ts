import { IN_RANGE, intruders, moment } from './check-sql.ts'

/** An expired lease is the sweeper's, which looks every fifteen seconds; twice that is too long. */
const SWEPT_WITHIN = `interval '30 seconds'`

/** Rows of calls that are not there, of times from which calls are kept. */
export function orphanChecks(): string[] {
  const gone = (id: string, at: string) =>
    `not exists (select from call where call.id = ${id} and call.created_at = ${at})`
  const named = `call_created_at >= greatest($1::timestamptz, $4::timestamptz) and call_created_at < $2::timestamptz`
  return [
    intruders(
      'attempt',
      `concat_ws(' ', call_id, number)`,
      'call_id',
      'call_id',
      `attempt where ${IN_RANGE} and ${gone('attempt.call_id', 'attempt.created_at')}`,
    ),
    intruders(
      'rating',
      `concat_ws(' ', call_id, metric, api_key_id)`,
      'call_id',
      'call_id',
      `rating where ${named} and ${gone('rating.call_id', 'rating.call_created_at')}`,
    ),
    // A claim without an answer may be of a call that never came to be: it is void by itself.
    intruders(
      'idempotency',
      `concat_ws(' ', project_id, key_hash)`,
      'call_id',
      'call_id',
      `idempotency where ${named} and answer is not null
        and ${gone('idempotency.call_id', 'idempotency.call_created_at')}`,
    ),
  ]
}

/** Windows of quotas that are gone: of all times, so they are looked at once. */
export function orphanWindowChecks(): string[] {
  return [
    intruders(
      'quota_window',
      `concat_ws(' ', quota_id, ${moment('window_start')}, nullif(subject, ''))`,
      'quota_id',
      'quota_id',
      'quota_window where not exists (select from quota where quota.id = quota_window.quota_id)',
    ),
  ]
}

export function leaseChecks(): string[] {
  return [
    intruders(
      'call',
      'id',
      'lease_until',
      'lease_until',
      `call where ${IN_RANGE} and status = 'RUNNING' and lease_until < $3::timestamptz - ${SWEPT_WITHIN}`,
    ),
  ]
}

/** Rows of a month that has a table, which is not attached: nobody makes it a second time, so they stay where they are. */
export function partitionChecks(): string[] {
  return ['call', 'attempt'].map((table) => {
    const own = `'${table}_' || to_char(created_at at time zone 'UTC', 'YYYY_MM')`
    const key = table === 'call' ? 'id' : `concat_ws(' ', call_id, number)`
    return intruders(
      `${table}_default`,
      key,
      'created_at',
      'created_at',
      `${table}_default where ${IN_RANGE} and to_regclass(${own}) is not null`,
    )
  })
}
