import { createHash } from 'node:crypto'
import type { UsageInterval, UsageQuery } from '../../core/usage-report.ts'
import { storable } from '../../database/row-arrays.ts'
import { DAY_MS, HOUR_MS } from './calendar.ts'
import { type KindsByGrain, NO_KINDS, type RollupDimension, smallestKinds } from './rollup-kinds.ts'
import { COARSE } from './rollup-sql.ts'
import { groupColumns } from './usage-sql.ts'

/** How many values of a tag a report names; the others are one row. */
export const VALUES_IN_REPORT = 200

/** The same of end users. */
const USERS_IN_REPORT = 100

/** How many rows of end users a report has, roughly: fewer users are named where there are more periods and groups. */
const ROWS_OF_USERS = 1_000
const FEWEST_USERS = 10
/** Each further dimension divides a user's calls into so many rows, roughly. */
const ROWS_OF_A_USER = 40

/** What a query needs to know, and the smallest rollups that know it. */
export interface UsagePlan {
  readonly query: UsageQuery
  readonly kinds: KindsByGrain
  /** The same for calls that name no end user. */
  readonly anonymous: KindsByGrain
  /** Of tags, the hash of the key that names of kinds end with; else null. */
  readonly tagHash: string | null
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
  const isOfManyTags = query.filter.tags.length > 1 || keys.size > 1
  const withoutUser = new Set([...needed].filter((dimension) => dimension !== 'end_user'))
  return {
    query,
    // A rollup of tags is by one key.
    kinds: isOfManyTags ? NO_KINDS : smallestKinds(key === undefined ? 'ALL' : 'TAG', needed),
    anonymous: smallestKinds('ANONYMOUS', withoutUser),
    tagHash: key === undefined ? null : md5(key),
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
  const most = Math.floor(ROWS_OF_USERS / groups / Math.max(1, periods))
  return Math.max(FEWEST_USERS, Math.min(USERS_IN_REPORT, most))
}
