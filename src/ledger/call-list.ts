import { timeOfCallId } from '../core/call-id.ts'
import type { CallCursor, CallFilter, CallPage, LedgerCall } from '../core/ledger.ts'
import type { Database } from '../database/database.ts'
import { timestamp } from '../database/row-arrays.ts'
import { transaction } from '../database/transaction.ts'
import { conditionsOf, madeIn, parameters } from './call-condition.ts'
import { CALL_COLUMNS, type CallRow, ledgerCallOf } from './call-row.ts'
import { SHORT_READS } from './short-reads.ts'

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
  const wanted = conditionsOf(filter, bound)
  conditions.push(...wanted)
  // One row more than asked for tells whether there is another page.
  const text = `select ${CALL_COLUMNS} from call where ${conditions.join(' and ')}
     order by created_at desc, id desc limit ${bound.add(String(first + 1), 'int8')}`
  const rows =
    wanted.length === 0
      ? await database.sql.unsafe<CallRow[]>(text, bound.values, { prepare: true })
      : await readFiltered(database, { text, values: bound.values })
  return { calls: rows.slice(0, first).map(ledgerCallOf), hasNextPage: rows.length > first }
}

interface FilteredRead {
  readonly text: string
  readonly values: string[]
}

/** Planned with its values, since how rare they are decides which index finds a page at once. */
async function readFiltered(database: Database, { text, values }: FilteredRead): Promise<readonly CallRow[]> {
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(SHORT_READS)
    return await tx.unsafe<CallRow[]>(text, values, { prepare: false })
  })
}
