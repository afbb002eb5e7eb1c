import type postgres from 'postgres'
import { CallsGone } from '../../core/calls-gone.ts'
import type { UsageQuery, UsageRow } from '../../core/usage-report.ts'
import { type ReadState, unnamedPeriods } from './rollup-state.ts'
import { metricsOf } from './usage-metrics.ts'
import type { UsagePlan } from './usage-plan.ts'
import { callsOfDays, isSummedUp, type SegmentRequest, segmentsOf } from './usage-segments.ts'
import {
  type DearestRecord,
  type Statement,
  type UsageRead,
  type UsageRecord,
  type Users,
  usageRows,
} from './usage-sql.ts'

/** What a report is read with: all of its statements see one moment. */
export interface Reading {
  readonly tx: postgres.TransactionSql
  readonly projectId: string
  readonly state: ReadState
  /** The end users that cost most, as they were found for a part of the report, by what they were looked for by. */
  readonly dearest: Map<string, readonly DearestRecord[]>
}

/** Rows of a report, or what they are made of. */
export interface Rows {
  readonly rows: readonly UsageRow[]
  /** How many values stand together in rows of others, at least. */
  readonly folded: number
}

/** All rows; where end users are named, those of theirs and of calls without one. */
export async function select(reading: Reading, plan: UsagePlan, names?: readonly string[]): Promise<Rows> {
  const [packed] = await read<{ rows: string | null }>(reading, statementOf(reading, plan, names))
  const records: readonly UsageRecord[] = JSON.parse(packed?.rows ?? '[]')
  return {
    rows: records.map((record) => rowOf(record, plan.query)),
    folded: records.reduce((most, [, , , folded]) => Math.max(most, folded), 0),
  }
}

function statementOf(reading: Reading, plan: UsagePlan, names?: readonly string[]): Statement | null {
  const { projectId } = reading
  const { query, anonymous } = plan
  const reads = [readOf(reading, plan, names ?? 'ALL')]
  if (names) reads.push(readOf(reading, { ...plan, kinds: anonymous }, 'NONE'))
  if (reads.every(({ segments }) => segments.length === 0)) return null
  return usageRows({ projectId, query, reads })
}

/** What is read of some calls: rollups, and the calls of days whose rollups do not name what is filtered by. */
function readOf(reading: Reading, plan: UsagePlan, users: Users): UsageRead {
  const { state } = reading
  const { query, tags } = plan
  const request = requestOf(reading, plan)
  const { kinds, byHour } = request
  const segments = segmentsOf(query.range, request)
  const unnamed = callsOfDays(segments, unnamedPeriods(state, 'DAY', { kind: kinds.DAY, tags }))
  const isOfCallsAlone = !isSummedUp(kinds) && !byHour
  if ((isOfCallsAlone && query.range.from < state.kept) || unnamed.some(({ from }) => from < state.kept))
    throw new CallsGone(state.kept)
  return { segments: [...segments, ...unnamed], kinds, tags, users }
}

/** How a plan's range is divided. */
export function requestOf({ state }: Reading, { query, kinds, byHour, tags }: UsagePlan): SegmentRequest {
  const isUnnamed = unnamedPeriods(state, 'RECENT', { kind: kinds.RECENT, tags }).length > 0
  return { interval: query.interval, kinds: isUnnamed ? { ...kinds, RECENT: null } : kinds, byHour, state }
}

/** Rows of a statement; none where there is nothing to read. */
export async function read<Row extends object>({ tx }: Reading, statement: Statement | null): Promise<readonly Row[]> {
  if (statement === null) return []
  // Planned with its values: how much of a project lies in a range differs too much for one plan to fit all.
  return await tx.unsafe<Row[]>(statement.text, statement.values, { prepare: false })
}

function rowOf(record: UsageRecord, { groupBy, groupByTag }: UsageQuery): UsageRow {
  const [periodStart, group, value, folded] = record
  return {
    periodStart,
    group: groupBy.map((dimension, at) => ({ dimension, value: group[at] ?? null, isOther: false })),
    tag: groupByTag == null ? null : { value, isOther: folded > 0 },
    metrics: metricsOf(record),
  }
}
