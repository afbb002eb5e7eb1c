/**
 * The parameters of every check: $1 and $2 are the range of `created_at`, $3 is now, $4 is from when on all calls are kept,
 * $5 is how many examples are wanted.
 */
export type CheckParameters = readonly [from: string, to: string, now: string, keptSince: string, examples: number]

/** A value that is wrong where two expressions of SQL differ. */
export interface Pair {
  readonly field: string
  readonly expected: string
  readonly found: string
}

export interface Comparison {
  /** The table, as it is shown. */
  readonly place: string
  /** An expression that names the row. */
  readonly key: string
  /** The relation, with its joins and without its WHERE. */
  readonly from: string
  /** Conditions for a row to be compared; `true` compares all. */
  readonly where: string
  readonly pairs: readonly Pair[]
}

/** A query for the values that differ: one row for each, as a `Violation`. */
export function differences({ place, key, from, where, pairs }: Comparison): string {
  const values = pairs.map(({ field, expected, found }) => `('${field}', (${expected})::text, (${found})::text)`)
  return `
    select '${place}' as place, ${key} as key, field, expected, found
    from ${from} cross join lateral (values ${values.join(', ')}) as compared (field, expected, found)
    where (${where}) and expected is distinct from found`
}

/** A query for the values that must not be at all: one row for each, as a `Violation`. */
export function intruders(place: string, key: string, field: string, found: string, fromWhere: string): string {
  return `
    select '${place}' as place, (${key})::text as key, '${field}' as field, null::text as expected,
      (${found})::text as found from ${fromWhere}`
}

/** Counts what queries for violations find, and picks the first. */
export function counted(queries: readonly string[]): string {
  return `
    select place, key, field, expected, found, count(*) over () as violations
    from (${queries.map((query) => `(${query})`).join(' union all ')}) as wrong
    where num_nonnulls($1::timestamptz, $2::timestamptz, $3::timestamptz, $4::timestamptz) = 4
    order by place, key, field limit $5::int`
}

/** A time in a key: without spaces, which stand between its parts, and whatever the session's time zone. */
export function moment(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
}

/** The calls, or what else has a `created_at`, of the range. */
export const IN_RANGE = 'created_at >= $1::timestamptz and created_at < $2::timestamptz'
