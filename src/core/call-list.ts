import type { CallStatus, LedgerCall } from './call.ts'
import type { Tag } from './tag.ts'
import type { TimeRange } from './time-range.ts'

/** Conditions that must all hold; a list means any of its values; null and empty lists set no condition. */
export interface CallFilter {
  readonly range: TimeRange | null
  readonly status: readonly CallStatus[]
  readonly provider: readonly string[]
  readonly model: readonly string[]
  readonly tags: readonly Tag[]
  readonly endUser: string | null
}

/** A page of calls, newest first. */
export interface CallPage {
  readonly calls: readonly LedgerCall[]
  readonly hasNextPage: boolean
}

/** Where a page begins: behind the call of this time and id. */
export interface CallCursor {
  readonly createdAt: number
  readonly id: string
}
