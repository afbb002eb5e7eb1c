import { timeOfCallId } from '../core/call-id.ts'
import type { CallCursor, CallFilter, CallPage, LedgerCall } from '../core/ledger.ts'
import type { Database } from '../database/database.ts'
import { timestamp } from '../database/row-arrays.ts'
import { conditionsOf, madeIn, parameters } from './call-condition.ts'
import { CALL_COLUMNS, type CallRow, ledgerCallOf } from './call-row.ts'

/** One call of a project; null where the project has none of that id. */
export async function readCall(database: Database, projectId: string, id: string): Promise<LedgerCall | null> {
  const createdAt = timeOfCallId(id)
  if (createdAt === null) return null
  const rows = await database.sql.unsafe<CallRow[]>(
    `select ${CALL_COLUMNS} from call where id = $1::uuid and created_at = $2::timestamptz and project_id = $3::uuid`,
    [id, timestamp(createdAt), projectId],
    { prepare: true },
  )
  const [row] = rows
  return row ? ledgerCallOf(row) : null
}

/** Which calls to list. */
export interface CallListRequest {
  readonly projectId: string
  readonly filter: CallFilter
  readonly first: number
  readonly after: CallCursor | null
}

/** A page of calls, newest first. Where it begins is a row's key, not a number of rows to skip. */
export async function readCalls(database: Database, request: CallListRequest): Promise<CallPage> {
  const { projectId, filter, first, after } = request
  const bound = parameters()
  const conditions = [`project_id = ${bound.add(projectId, 'uuid')}`]
  if (filter.range) conditions.push(madeIn(filter.range, bound))
  if (after) {
    const key = `${bound.add(timestamp(after.createdAt), 'timestamptz')}, ${bound.add(after.id, 'uuid')}`
    conditions.push(`(created_at, id) < (${key})`)
  }
  conditions.push(...conditionsOf(filter, bound))
  // One row more than asked for tells whether there is another page.
  const rows = await database.sql.unsafe<CallRow[]>(
    `select ${CALL_COLUMNS} from call where ${conditions.join(' and ')}
     order by created_at desc, id desc limit ${bound.add(String(first + 1), 'int8')}`,
    bound.values,
    { prepare: true },
  )
  return { calls: rows.slice(0, first).map(ledgerCallOf), hasNextPage: rows.length > first }
}
