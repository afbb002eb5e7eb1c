import { createHash } from 'node:crypto'
import type { UsageInterval, UsageQuery } from '../core/ledger.ts'
import { storable } from '../database/row-arrays.ts'
import { DAY_MS, HOUR_MS } from './calendar.ts'
import { type NamedKind, type RollupDimension, smallestKind } from './rollup-kinds.ts'
import { COARSE } from './rollup-sql.ts'
import { groupColumns } from './usage-sql.ts'

/** How many values of a tag a report names; the others are one row. */
export const VALUES_IN_REPORT = 200

/** How many rows of end users a report has, roughly: fewer users are named where there are more periods and groups. */
const ROWS_OF_USERS = 5_000
const [FEWEST_USERS, MOST_USERS] = [20, 500]
/** Each further dimension divides a user's calls into so many rows, roughly. */
const ROWS_OF_A_USER = 100

/** What a query needs to know, and the smallest rollup that knows it. */
export interface UsagePlan {
  readonly query: UsageQuery
  /** Null where no rollup knows all that is asked for. */
  readonly kind: NamedKind | null
  /** Its name in the table. */
  readonly kindName: string | null
  /** The same where values of a tag are asked for, which may be folded there; else null. */
  readonly tagKind: string | null
  /** Whether the hourly rollup knows all. */
  readonly byHour: boolean
  /** How many end users are named. */
  readonly users: number
}

export function planUsage(query: UsageQuery): UsagePlan {
  const needed = neededOf(query)
  const keys = new Set([
    ...query.filter.tags.map(({ key }) => key),
    ...(query.groupByTag == null ? [] : [query.groupByTag]),
  ])
  const [key] = keys
  // A rollup of tags is by one key.
  const kind = query.filter.tags.length > 1 || keys.size > 1 ? null : smallestKind(needed)
  const kindName = kind && key !== undefined ? `${kind.name}:${md5(key)}` : (kind?.name ?? null)
  return {
    query,
    kind,
    kindName,
    tagKind: kind && key !== undefined ? kindName : null,
    byHour: [...needed].every((dimension) => COARSE.some((known) => known === dimension)),
    users: usersOf(query),
  }
}

function neededOf({ groupBy, filter, groupByTag = null, ...rest }: UsageQuery): Set<RollupDimension> {
  const needed = new Set(groupColumns({ groupBy, filter, groupByTag, ...rest }))
  if (filter.status.length > 0) needed.add('status')
  if (filter.provider.length > 0) needed.add('provider')
  if (filter.model.length > 0) needed.add('model')
  if (filter.endUser !== null) needed.add('end_user')
  if (groupByTag !== null || filter.tags.length > 0) needed.add('tag_value')
  return needed
}

function md5(text: string): string {
  return createHash('md5').update(storable(text)).digest('hex')
}

const PERIOD_MS = { HOUR: HOUR_MS, DAY: DAY_MS, MONTH: 30 * DAY_MS } as const satisfies Record<UsageInterval, number>

function usersOf({ groupBy, range, interval }: UsageQuery): number {
  const periods = interval === null ? 1 : Math.ceil((range.to - range.from) / PERIOD_MS[interval])
  const groups = groupBy.length > 1 ? ROWS_OF_A_USER : 1
  return Math.max(FEWEST_USERS, Math.min(MOST_USERS, Math.floor(ROWS_OF_USERS / groups / Math.max(1, periods))))
}
