import { timeOfCallId } from '../../core/call-id.ts'
import { isJsonObject } from '../../core/json.ts'
import type { KeptContent, PayloadPart } from '../../core/payload.ts'
import type { Database } from '../../database/database.ts'
import { textArray, timestamp } from '../../database/row-arrays.ts'
import { decompress } from './compression.ts'

/** How much one look-up may bring, in bytes before compression: some hundred calls of usual size. */
const MOST_BYTES = 32 * 1024 * 1024

interface ContentRow {
  readonly call_id: string
  readonly bytes: number
  readonly content: Uint8Array | null
}

/** The sums are taken in one order, so the same calls are always those that are too much. */
function statement(part: PayloadPart): string {
  return `
    select call_id, ${part}_bytes as bytes, case when through <= ${MOST_BYTES} then ${part} end as content
    from (
      select call_id, ${part}, ${part}_bytes, sum(${part}_bytes) over (order by created_at desc, call_id) as through
      from payload
      where call_id = any($1::uuid[]) and created_at >= $2::timestamptz and created_at <= $3::timestamptz
        and project_id = $4::uuid and ${part} is not null
    ) as found`
}

const STATEMENTS = {
  request: statement('request'),
  response: statement('response'),
} as const satisfies Record<PayloadPart, string>

/** One part of the payloads of a project's calls, by call id. */
export async function readPayloads(
  { sql }: Database,
  { projectId, callIds, part }: { readonly projectId: string; readonly callIds: readonly string[]; part: PayloadPart },
): Promise<ReadonlyMap<string, KeptContent>> {
  const times = callIds.flatMap((id) => timeOfCallId(id) ?? [])
  if (times.length === 0) return new Map()
  const ids = callIds.filter((id) => timeOfCallId(id) !== null)
  const values = [textArray(ids), timestamp(Math.min(...times)), timestamp(Math.max(...times)), projectId]
  const rows = await sql.unsafe<ContentRow[]>(STATEMENTS[part], values, { prepare: true })
  return new Map(await Promise.all(rows.map(async (row) => [row.call_id, await contentOf(row)] as const)))
}

async function contentOf({ content, bytes }: ContentRow): Promise<KeptContent> {
  if (content === null) return { type: 'tooMuch', bytes }
  const value: unknown = JSON.parse(await decompress(content, bytes))
  if (isJsonObject(value)) return { type: 'content', content: value }
  throw new Error('A payload is no JSON object')
}
