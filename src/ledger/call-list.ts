import { timeOfCallId } from '../core/call-id.ts'
import type { CallCursor, CallFilter, CallPage, LedgerCall } from '../core/ledger.ts'
import type { Database } from '../database/database.ts'
import { timestamp } from '../database/row-arrays.ts'
import { transaction } from '../database/transaction.ts'
import { DAY_MS } from './calendar.ts'
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
  const { text, values } = statementOf(request, { since: null, tags: 'indexed' })
  return await database.sql.unsafe<CallRow[]>(text, values, { prepare: true })
}

interface Search {
  /** Only calls made from then on; null looks at all. */
  readonly since: number | null
  /** Whether tags are looked for by their index, or in the next calls of what else is asked for. */
  readonly tags: 'indexed' | 'next'
}

/** Of so many calls that are what else is asked for, some have a tag that is not rare. */
const NEXT_CALLS = 1_000

function statementOf({ projectId, filter, first, after }: CallListRequest, { since, tags }: Search) {
  const bound = parameters()
  const conditions = [`project_id = ${bound.add(projectId, 'uuid')}`]
  if (filter.range) conditions.push(madeIn(filter.range, bound))
  if (since !== null) conditions.push(`created_at >= ${bound.add(timestamp(since), 'timestamptz')}`)
  if (after) {
    const key = `${bound.add(timestamp(after.createdAt), 'timestamptz')}, ${bound.add(after.id, 'uuid')}`
    conditions.push(`(created_at, id) < (${key})`)
  }
  const order = 'order by created_at desc, id desc'
  // One row more than asked for tells whether there is another page.
  const limit = `limit ${bound.add(String(first + 1), 'int8')}`
  if (tags === 'indexed') {
    conditions.push(...conditionsOf(filter, bound))
    return {
      text: `select ${CALL_COLUMNS} from call where ${conditions.join(' and ')} ${order} ${limit}`,
      values: bound.values,
    }
  }
  conditions.push(...conditionsOf({ ...filter, tags: [] }, bound))
  const next = `select * from call where ${conditions.join(' and ')} ${order} limit ${NEXT_CALLS}`
  const tagged = conditionsOf({ ...NO_FILTER, tags: filter.tags }, bound).join(' and ')
  return {
    text: `select ${CALL_COLUMNS} from (${next}) as call where ${tagged} ${order} ${limit}`,
    values: bound.values,
  }
}

const NO_FILTER: Omit<CallFilter, 'range'> = { status: [], provider: [], model: [], tags: [], endUser: null }

function isFiltered({ status, provider, model, tags, endUser }: CallFilter): boolean {
  return [status, provider, model, tags].some((values) => values.length > 0) || endUser !== null
}

/** How far back is looked at first: most pages are found there, and of few partitions. */
const RECENTLY_MS = 31 * DAY_MS

/**
 * Looks where the page most likely is, and everywhere when it is not full. Planned with the values, since how rare they are
 * decides which index finds a page at once.
 */
async function readFiltered(database: Database, request: CallListRequest): Promise<readonly CallRow[]> {
  const { filter, first, after, now } = request
  const until = Math.min(now, after?.createdAt ?? now, filter.range?.to ?? now)
  const since = until - RECENTLY_MS
  const isOfMore = filter.tags.length > 0 && isFiltered({ ...filter, tags: [] })
  const searches: readonly Search[] = [
    ...(isOfMore ? [{ since: null, tags: 'next' } as const] : []),
    ...(since > (filter.range?.from ?? Number.NEGATIVE_INFINITY) ? [{ since, tags: 'indexed' } as const] : []),
    { since: null, tags: 'indexed' },
  ]
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(SHORT_READS)
    let rows: readonly CallRow[] = []
    for (const search of searches) {
      const { text, values } = statementOf(request, search)
      rows = await tx.unsafe<CallRow[]>(text, values, { prepare: false })
      if (rows.length > first) break
    }
    return rows
  })
}
