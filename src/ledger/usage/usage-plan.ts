import type { UsageInterval, UsageQuery } from '../../core/usage-report.ts'
import { DAY_MS, HOUR_MS } from './calendar.ts'
import { type KindOf, type KindsByGrain, NO_KINDS, type RollupDimension, smallestKinds } from './rollup-kinds.ts'
import { COARSE } from './rollup-sql.ts'
import { placesOf, type TagPlaces } from './tag-places.ts'
import { groupColumns } from './usage-sql.ts'

/** How many values of a tag a report names; the others are one row. */
export const VALUES_IN_REPORT = 200

/** The same of end users. */
const USERS_IN_REPORT = 50

/** How many rows of end users a report has, roughly: fewer users are named where there are more periods and groups. */
const ROWS_OF_USERS = 1_000
const FEWEST_USERS = 10
/** Each further dimension divides a user's calls into so many rows, roughly. */
const ROWS_OF_A_USER = 100
const ROWS_OF_A_USER_OF_SEVERAL_TAGS = 40

/** What a query needs to know, and the smallest rollups that know it. */
export interface UsagePlan {
  readonly query: UsageQuery
  readonly kinds: KindsByGrain
  /** The same for calls that name no end user. */
  readonly anonymous: KindsByGrain
  readonly tags: TagPlaces
  /** Whether the hourly rollup knows all. */
  readonly byHour: boolean
  /** How many end users are named. */
  readonly users: number
}

/** @param users how many end users are named, where another report has said so */
export function planUsage(query: UsageQuery, users: number = usersOf(query)): UsagePlan {
  const needed = neededOf(query)
  const withoutUser = new Set([...needed].filter((dimension) => dimension !== 'end_user'))
  const tags = placesOf(query)
  return {
    query,
    kinds: needed.has('end_user') ? ofUsers(needed, tags) : ofTags(['ALL', 'TAG', 'TWO_TAGS'], needed, tags),
    anonymous: ofTags(['ANONYMOUS', 'ANONYMOUS_TAG'], withoutUser, tags),
    tags,
    byHour: tags.columns.size === 0 && [...needed].every((dimension) => COARSE.some((known) => known === dimension)),
    users,
  }
}

/** Rollups of users know all tags of a call, and months of busy ones are by one key too. */
function ofUsers(needed: ReadonlySet<RollupDimension>, tags: TagPlaces): KindsByGrain {
  if (tags.columns.size === 0) return smallestKinds('USER', needed)
  const known = smallestKinds('USER', new Set([...needed, 'tags']))
  return { ...known, MONTH: ofTags(['USER', 'USER_TAG'], needed, tags).MONTH ?? known.MONTH }
}

/** @param of the calls to read, by how many keys of tags are asked for */
function ofTags(of: readonly KindOf[], needed: ReadonlySet<RollupDimension>, tags: TagPlaces): KindsByGrain {
  const kind = of[tags.columns.size]
  if (kind === undefined || tags.isRepeated) return NO_KINDS
  return smallestKinds(kind, new Set([...needed, ...[...tags.columns.values()].map(({ value }) => value)]))
}

/** All but tags. */
function neededOf(query: UsageQuery): Set<RollupDimension> {
  const { filter } = query
  const needed = new Set(groupColumns(query))
  if (filter.status.length > 0) needed.add('status')
  if (filter.provider.length > 0) needed.add('provider')
  if (filter.model.length > 0) needed.add('model')
  if (filter.endUser !== null) needed.add('end_user')
  return needed
}

const PERIOD_MS = { HOUR: HOUR_MS, DAY: DAY_MS, MONTH: 30 * DAY_MS } as const satisfies Record<UsageInterval, number>

function usersOf(query: UsageQuery): number {
  const { range, interval } = query
  const periods = interval === null ? 1 : Math.ceil((range.to - range.from) / PERIOD_MS[interval])
  const most = Math.floor(ROWS_OF_USERS / rowsOfUser(query) / Math.max(1, periods))
  return Math.max(FEWEST_USERS, Math.min(USERS_IN_REPORT, most))
}

function rowsOfUser({ groupBy, groupByTag, filter }: UsageQuery): number {
  // Few of those who cost most under each of several tags have all of them, so more are looked at.
  if (filter.tags.length > 1) return ROWS_OF_A_USER_OF_SEVERAL_TAGS
  return groupBy.length > 1 || groupByTag != null || filter.tags.length > 0 ? ROWS_OF_A_USER : 1
}
