import type { LedgerCall } from '../../core/call.ts'
import { timeOfCallId } from '../../core/call-id.ts'
import type { CallCursor, CallFilter, CallPage } from '../../core/call-list.ts'
import type { Database } from '../../database/database.ts'
import { timestamp } from '../../database/row-arrays.ts'
import { transaction } from '../../database/transaction.ts'
import { ONE_MOMENT } from '../short-reads.ts'
import { DAY_MS } from '../usage/calendar.ts'
import { conditionsOf, madeIn, type Parameters, parameters } from './call-condition.ts'
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
  /** Milliseconds since 1970. */
  readonly now: number
}

/** A page of calls, newest first. Where it begins is a row's key, not a number of rows to skip. */
export async function readCalls(database: Database, request: CallListRequest): Promise<CallPage> {
  const { filter, first } = request
  const rows = await (isFiltered(filter) ? readFiltered(database, request) : readAll(database, request))
  return { calls: rows.slice(0, first).map(ledgerCallOf), hasNextPage: rows.length > first }
}

async function readAll(database: Database, request: CallListRequest): Promise<readonly CallRow[]> {
  const { text, values } = statementOf(request, request.first + 1, null)
  return await database.sql.unsafe<CallRow[]>(text, values, { prepare: true })
}

/** Which calls are looked at: those made before a time, or since then. */
type Part = { readonly since: number } | { readonly before: number } | null

function statementOf(request: CallListRequest, limit: number, part: Part) {
  const bound = parameters()
  const conditions = [...placeOf(request, part, bound), ...conditionsOf(request.filter, bound)]
  const text = `select ${CALL_COLUMNS} from call where ${conditions.join(' and ')} ${NEWEST_FIRST}
    limit ${bound.add(String(limit), 'int8')}`
  return { text, values: bound.values }
}

const NEWEST_FIRST = 'order by created_at desc, id desc'

/** Whose calls, and from when: all but what they are like. */
function placeOf({ projectId, filter, after }: CallListRequest, part: Part, bound: Parameters): string[] {
  const conditions = [`project_id = ${bound.add(projectId, 'uuid')}`]
  if (filter.range) conditions.push(madeIn(filter.range, bound))
  if (part && 'since' in part) conditions.push(`created_at >= ${bound.add(timestamp(part.since), 'timestamptz')}`)
  if (part && 'before' in part) conditions.push(`created_at < ${bound.add(timestamp(part.before), 'timestamptz')}`)
  if (after) {
    const at = bound.add(timestamp(after.createdAt), 'timestamptz')
    // The first condition leaves partitions out, which the comparison of rows does not.
    conditions.push(`created_at <= ${at}`, `(created_at, id) < (${at}, ${bound.add(after.id, 'uuid')})`)
  }
  return conditions
}

function isFiltered({ status, provider, model, tags, endUser }: CallFilter): boolean {
  return [status, provider, model, tags].some((values) => values.length > 0) || endUser !== null
}

/** Past how many calls is walked at most for a page by several tags. */
const WALKED = 5_000

/**
 * A page by several tags among the newest calls, in the order of time. The planner can't tell how many calls have all of them at
 * once, and would rather sort thousands of them than walk past some others.
 */
function walkOf(request: CallListRequest, limit: number) {
  const bound = parameters()
  const place = placeOf(request, null, bound).join(' and ')
  const text = `
    select ${CALL_COLUMNS} from (
      select * from call where ${place} ${NEWEST_FIRST} limit ${bound.add(String(WALKED), 'int8')}
    ) as newest
    where ${conditionsOf(request.filter, bound).join(' and ')} ${NEWEST_FIRST} limit ${bound.add(String(limit), 'int8')}`
  return { text, values: bound.values }
}

/** How far back is looked first: most pages are found there, and in few partitions. */
const RECENTLY_MS = 31 * DAY_MS

/**
 * Looks where the page most likely is, and behind that for what is missing. Planned with the values, since how rare they
 * are decides which index finds a page at once.
 */
async function readFiltered(database: Database, request: CallListRequest): Promise<readonly CallRow[]> {
  const { filter, first, after, now } = request
  const until = Math.min(now, after?.createdAt ?? now, filter.range?.to ?? now)
  const since = Math.max(until - RECENTLY_MS, filter.range?.from ?? 0)
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(ONE_MOMENT)
    const run = ({ text, values }: ReturnType<typeof statementOf>) =>
      tx.unsafe<CallRow[]>(text, values, { prepare: false })
    const read = (limit: number, part: Part) => run(statementOf(request, limit, part))
    if (filter.tags.length > 1) {
      const rows = await run(walkOf(request, first + 1))
      if (rows.length > first) return rows
    }
    const rows = await read(first + 1, { since })
    if (rows.length > first || since <= (filter.range?.from ?? 0)) return rows
    return [...rows, ...(await read(first + 1 - rows.length, { before: since }))]
  })
}
