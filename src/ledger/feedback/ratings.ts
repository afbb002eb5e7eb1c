import { timeOfCallId } from '../../core/call-id.ts'
import type { Rating } from '../../core/feedback.ts'
import type { Database } from '../../database/database.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'

/** Keeps a rating, in the place of an earlier one of the same key; null where the project has no such call. */
export async function keepRating({ sql }: Database, projectId: string, rating: Rating): Promise<Rating | null> {
  const createdAt = timeOfCallId(rating.callId)
  if (createdAt === null) return null
  const { callId, metric, score, comment, apiKeyId, ratedAt } = rating
  const rows = await sql`
    insert into rating (call_id, metric, api_key_id, project_id, call_created_at, score, comment, rated_at)
    select id, ${metric}, ${apiKeyId}::uuid, project_id, created_at, ${score}::float8,
      ${comment}, ${timestamp(ratedAt)}::timestamptz
    from call
    where id = ${callId}::uuid and created_at = ${timestamp(createdAt)}::timestamptz
      and project_id = ${projectId}::uuid
    on conflict (call_id, metric, api_key_id) do update
    set score = excluded.score, comment = excluded.comment, rated_at = excluded.rated_at
    returning call_id`
  return rows.length === 0 ? null : rating
}

interface RatingRow {
  readonly call_id: string
  readonly metric: string
  readonly api_key_id: string
  readonly score: number
  readonly comment: string | null
  readonly rated_ms: string
}

/** The ratings of many calls, oldest first, by call id. */
export async function readRatings(
  { sql }: Database,
  callIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Rating[]>> {
  const byCall = new Map<string, Rating[]>(callIds.map((id) => [id, []]))
  const ids = callIds.filter((id) => timeOfCallId(id) !== null)
  if (ids.length === 0) return byCall
  const rows = await sql<RatingRow[]>`
    select call_id, metric, api_key_id, score, comment, extract(epoch from rated_at) * 1000 as rated_ms
    from rating where call_id = any(${textArray(ids)}::text::uuid[])
    order by call_id, rated_at, metric, api_key_id`
  for (const row of rows) byCall.get(row.call_id)?.push(ratingOf(row))
  return byCall
}

function ratingOf(row: RatingRow): Rating {
  return {
    callId: row.call_id,
    metric: row.metric,
    score: row.score,
    comment: row.comment,
    apiKeyId: row.api_key_id,
    ratedAt: Number(row.rated_ms),
  }
}
