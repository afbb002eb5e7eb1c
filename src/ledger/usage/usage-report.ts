import type postgres from 'postgres'
import { CallsGone } from '../../core/calls-gone.ts'
import type { UsageQuery, UsageReport, UsageRow } from '../../core/usage-report.ts'
import type { Database } from '../../database/database.ts'
import { transaction } from '../../database/transaction.ts'
import { ONE_MOMENT } from '../short-reads.ts'
import { NO_KINDS, TOP_USERS } from './rollup-kinds.ts'
import { readRollupState } from './rollup-state.ts'
import { BY_TAG, BY_USER, foldRows, remainder, sorted } from './usage-fold.ts'
import { metricsOf, sumOf } from './usage-metrics.ts'
import { planUsage, type UsagePlan, VALUES_IN_REPORT } from './usage-plan.ts'
import { isSummedUp, knownRange, type RollupState, type SegmentRequest, segmentsOf } from './usage-segments.ts'
import {
  type DearestRecord,
  dearestStatement,
  type Statement,
  type UsageRead,
  type UsageRecord,
  usageStatement,
} from './usage-sql.ts'

/**
 * Totals of a project's calls that have ended, by group and period.
 * @throws CallsGone where only calls that retention dropped could tell
 */
export async function readUsage(database: Database, projectId: string, query: UsageQuery): Promise<UsageReport> {
  const plan = planUsage(query)
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(ONE_MOMENT)
    const state = await readRollupState(tx, projectId, { range: query.range, kind: tagKindOf(plan) })
    const { rows, folded } = await rowsOf({ tx, projectId, state }, plan)
    return { total: sumOf(rows.map(({ metrics }) => metrics)), rows: sorted(rows), folded }
  })
}

interface Reading {
  readonly tx: postgres.TransactionSql
  readonly projectId: string
  readonly state: RollupState & { readonly isFolded: boolean }
}

interface Rows {
  readonly rows: readonly UsageRow[]
  /** How many values stand together in rows of others, at least. */
  readonly folded: number
}

async function rowsOf(reading: Reading, plan: UsagePlan): Promise<Rows> {
  const { query } = plan
  if (query.groupByTag != null) return await byTag(reading, plan)
  if (query.groupBy.includes('END_USER') && query.filter.endUser === null) return await byUser(reading, plan)
  return { rows: await select(reading, plan), folded: 0 }
}

/** Values of a tag, what is folded, and the calls that have no such tag: what is left of the total. */
async function byTag(reading: Reading, plan: UsagePlan): Promise<Rows> {
  const records = await read<UsageRecord>(reading, statementOf(reading, plan))
  const known = records.map((record) => rowOf(record, plan.query))
  const totals = await rowsOf(reading, planUsage({ ...plan.query, groupByTag: null }))
  const folded = foldRows(known, VALUES_IN_REPORT, BY_TAG)
  const users = foldRows(folded.rows, plan.users, BY_USER)
  const without = totalsWithoutTag(totals.rows, known, plan)
  const atLeast = records.reduce((most, record) => Math.max(most, Number(record.folded)), 0)
  return {
    rows: [...users.rows, ...without],
    folded: Math.max(atLeast, folded.folded) + Math.max(totals.folded, users.folded),
  }
}

function totalsWithoutTag(totals: readonly UsageRow[], known: readonly UsageRow[], { query }: UsagePlan): UsageRow[] {
  const none = totals.map((row) => ({ ...row, tag: { value: null, isOther: false } }))
  // A user whom the totals do not name is one of the others there.
  const names = new Set(totals.map((row) => BY_USER.nameOf(row)))
  return remainder(none, known, (row) => {
    const plain: UsageRow = { ...row, tag: { value: null, isOther: false } }
    const user = BY_USER.nameOf(row)
    return query.groupBy.includes('END_USER') && user !== null && !names.has(user) ? BY_USER.asOther(plain) : plain
  })
}

/** The end users that cost most, and all others together: what is left of the total. */
async function byUser(reading: Reading, asked: UsagePlan): Promise<Rows> {
  if (!isSummedUp(asked.kinds)) return foldRows(await select(reading, asked), asked.users, BY_USER)
  // One range for all: where calls are gone, each rollup would round it as it can.
  const plan = planUsage({ ...asked.query, range: knownRange(asked.query.range, requestOf(reading, asked)) })
  const dearest = await read<DearestRecord>(reading, dearestOf(reading, plan))
  const [first] = dearest
  const unnamed = Math.max(Number(first?.folded ?? 0), Number(first?.known ?? 0) - dearest.length)
  if (unnamed === 0) return { rows: await select(reading, plan), folded: 0 }
  const names = dearest.map(({ end_user }) => end_user)
  const withoutUser = planUsage({ ...plan.query, groupBy: plan.query.groupBy.filter((one) => one !== 'END_USER') })
  const named = await select(reading, plan, names)
  const totals = await select(reading, withoutUser)
  const at = plan.query.groupBy.indexOf('END_USER')
  const other = { dimension: 'END_USER', value: null, isOther: true } as const
  const whole = totals.map((row) => ({ ...row, group: row.group.toSpliced(at, 0, other) }))
  return { rows: [...named, ...remainder(whole, named, BY_USER.asOther)], folded: unnamed }
}

/** All rows; where end users are named, those of theirs and of calls without one. */
async function select(reading: Reading, plan: UsagePlan, names?: readonly string[]): Promise<UsageRow[]> {
  const records = await read<UsageRecord>(reading, statementOf(reading, plan, names))
  return records.map((record) => rowOf(record, plan.query))
}

function statementOf(reading: Reading, plan: UsagePlan, names?: readonly string[]): Statement | null {
  const { projectId, state } = reading
  const { query, tagHash, anonymous } = plan
  const request = requestOf(reading, plan)
  const { kinds, byHour } = request
  if (!isSummedUp(kinds) && !byHour && query.range.from < state.kept) throw new CallsGone(state.kept)
  const reads: UsageRead[] = [{ segments: segmentsOf(query.range, request), kinds, tagHash, users: names ?? 'ALL' }]
  if (names) {
    const segments = segmentsOf(query.range, { ...request, kinds: anonymous })
    reads.push({ segments, kinds: anonymous, tagHash: null, users: 'NONE' })
  }
  if (reads.every(({ segments }) => segments.length === 0)) return null
  return usageStatement({ projectId, query, reads })
}

function requestOf({ state }: Reading, { query, kinds, byHour }: UsagePlan): SegmentRequest {
  // Where values of a tag were folded, only the calls know which.
  const isUnknown = query.filter.tags.length > 0 && state.isFolded
  return { interval: query.interval, kinds: isUnknown ? NO_KINDS : kinds, byHour, state }
}

/** The kind that a filter by a tag reads, some of whose values may be folded; null where there is none. */
function tagKindOf({ query, kinds, tagHash }: UsagePlan): string | null {
  return kinds.DAY && query.filter.tags.length > 0 ? `${kinds.DAY.name}:${tagHash}` : null
}

function dearestOf({ projectId, state }: Reading, { query, users }: UsagePlan): Statement | null {
  const segments = segmentsOf(query.range, { interval: null, kinds: TOP_USERS, byHour: false, state })
  if (segments.length === 0) return null
  const filter = { status: [], provider: [], model: [], tags: [], endUser: null }
  const reads: UsageRead[] = [{ segments, kinds: TOP_USERS, tagHash: null, users: 'ALL' }]
  return dearestStatement({ projectId, query: { ...query, filter }, reads }, users)
}

async function read<Row extends object>({ tx }: Reading, statement: Statement | null): Promise<readonly Row[]> {
  if (statement === null) return []
  // Planned with its values: how much of a project lies in a range differs too much for one plan to fit all.
  return await tx.unsafe<Row[]>(statement.text, statement.values, { prepare: false })
}

function rowOf(record: UsageRecord, query: UsageQuery): UsageRow {
  return {
    periodStart: record.period_ms === null ? null : Number(record.period_ms),
    group: query.groupBy.map((dimension, at) => ({ dimension, value: record[`value_${at}`] ?? null, isOther: false })),
    tag: query.groupByTag == null ? null : { value: record.tag_value, isOther: Number(record.folded) > 0 },
    metrics: metricsOf(record),
  }
}
