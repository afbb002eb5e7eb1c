import { LOG_GAMMA, SMALLEST_MS } from '../../core/sketch.ts'

/** Up to this many calls, and this many characters, it costs more to add a sketch up than to leave it as it came. */
const FEW_CALLS = 8
const FEW_CHARACTERS = 400

/** The bucket of a value in milliseconds, null for null: the same as `bucketOf` in core/sketch.ts. */
export function bucketOf(column: string): string {
  return `case when ${column} is not null then ceil(ln(greatest(${column}, ${SMALLEST_MS})) / ${LOG_GAMMA})::int end`
}

/** A sketch as text (`bucket:calls,bucket:calls`) of an array with the bucket of each call. */
export function sketchOfBuckets(buckets: string): string {
  return `case when cardinality(${buckets}) <= ${FEW_CALLS} then array_to_string(${buckets}, ':1,') || ':1' else (
    select string_agg(bucket || ':' || n, ',' order by bucket)
    from (select bucket, count(*) as n from unnest(${buckets}) as bucket group by bucket) as counted) end`
}

/** One sketch as text of many, which were put behind one another with commas: that is one too, but a long one. */
export function sketchOfSketches(sketches: string): string {
  return `case when length(${sketches}) <= ${FEW_CHARACTERS} then ${sketches} else (
    select string_agg(bucket || ':' || n, ',' order by bucket)
    from (
      select split_part(entry, ':', 1)::int as bucket, sum(split_part(entry, ':', 2)::int8) as n
      from string_to_table(${sketches}, ',') as entry group by 1
    ) as counted) end`
}
