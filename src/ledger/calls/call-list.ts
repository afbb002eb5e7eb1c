import type postgres from 'postgres'
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

/** Past how many calls is walked at most for a page by several tags, and after how many it is seen whether that leads anywhere. */
const WALKED = 5_000
const FIRST_STEPS = 500

/**
 * A page by several tags among the newest calls, in the order of time. The planner can't tell how many calls have all of them at
 * once, and would rather sort thousands of them than walk past some others.
 */
function walkOf(request: CallListRequest, limit: number, steps: number) {
  const bound = parameters()
  const place = placeOf(request, null, bound).join(' and ')
  const text = `
    select ${CALL_COLUMNS} from (
      select * from call where ${place} ${NEWEST_FIRST} limit ${bound.add(String(steps), 'int8')}
    ) as newest
    where ${conditionsOf(request.filter, bound).join(' and ')} ${NEWEST_FIRST} limit ${bound.add(String(limit), 'int8')}`
  return { text, values: bound.values }
}

/** Behind which call a walk ends; null where it has seen all. */
async function endOfWalk(
  tx: postgres.TransactionSql,
  request: CallListRequest,
  steps: number,
): Promise<CallCursor | null> {
  const bound = parameters()
  const text = `
    select extract(epoch from created_at) * 1000 as ms, id from call where ${placeOf(request, null, bound).join(' and ')}
    ${NEWEST_FIRST} offset ${bound.add(String(steps - 1), 'int8')} limit 1`
  const [row] = await tx.unsafe<{ ms: string; id: string }[]>(text, bound.values, { prepare: false })
  return row ? { createdAt: Number(row.ms), id: row.id } : null
}

/** How far back is looked first: most pages are found there, and in few partitions. */
const RECENTLY_MS = 31 * DAY_MS

async function readFiltered(database: Database, request: CallListRequest): Promise<readonly CallRow[]> {
  const { filter, first } = request
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(ONE_MOMENT)
    if (filter.tags.length < 2) return await search(tx, request, first + 1)
    const near = await run(tx, walkOf(request, first + 1, FIRST_STEPS))
    // Whether a longer walk would fill the page, if it went on like this.
    const leadsOn = near.length <= first && near.length * WALKED > first * FIRST_STEPS
    const steps = leadsOn ? WALKED : FIRST_STEPS
    const rows = leadsOn ? await run(tx, walkOf(request, first + 1, steps)) : near
    const after = rows.length > first ? null : await endOfWalk(tx, request, steps)
    return after === null ? rows : [...rows, ...(await search(tx, { ...request, after }, first + 1 - rows.length))]
  })
}

/**
 * Looks where the page most likely is, and behind that for what is missing. Planned with the values, since how rare they
 * are decides which index finds a page at once.
 */
async function search(
  tx: postgres.TransactionSql,
  request: CallListRequest,
  limit: number,
): Promise<readonly CallRow[]> {
  const { filter, after, now } = request
  const until = Math.min(now, after?.createdAt ?? now, filter.range?.to ?? now)
  const since = Math.max(until - RECENTLY_MS, filter.range?.from ?? 0)
  const rows = await run(tx, statementOf(request, limit, { since }))
  if (rows.length >= limit || since <= (filter.range?.from ?? 0)) return rows
  return [...rows, ...(await run(tx, statementOf(request, limit - rows.length, { before: since })))]
}

async function run(
  tx: postgres.TransactionSql,
  { text, values }: ReturnType<typeof statementOf>,
): Promise<readonly CallRow[]> {
  return await tx.unsafe<CallRow[]>(text, values, { prepare: false })
}
