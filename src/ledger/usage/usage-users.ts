import type { Tag } from '../../core/tag.ts'
import type { UsageQuery, UsageRow } from '../../core/usage-report.ts'
import { TOP_USERS, TOP_USERS_OF_TAG } from './rollup-kinds.ts'
import { alwaysNamed, unnamedPeriods } from './rollup-state.ts'
import { placesOf } from './tag-places.ts'
import { BY_TAG, BY_USER, foldOthers, foldRows, remainder } from './usage-fold.ts'
import { planUsage, type UsagePlan } from './usage-plan.ts'
import { type Reading, type Rows, read, requestOf, select } from './usage-read.ts'
import { callsOfDays, isSummedUp, knownRange, type Segment, segmentsOf } from './usage-segments.ts'
import { type DearestRecord, dearestStatement, type UsageRead } from './usage-sql.ts'

/** The end users that cost most, and all others together: what is left of the total. */
export async function byUser(reading: Reading, asked: UsagePlan): Promise<Rows> {
  if (!isSummedUp(asked.kinds)) return await byUserOfCalls(reading, asked)
  // One range for all: where calls are gone, each rollup would round it as it can.
  const range = knownRange(asked.query.range, requestOf(reading, asked))
  const plan = planUsage({ ...asked.query, range }, asked.users)
  const { names, others } = await dearestOf(reading, plan)
  const named = await select(reading, plan, names)
  return others === 0 ? named : await withOthers(reading, plan, { named, others })
}

async function byUserOfCalls(reading: Reading, plan: UsagePlan): Promise<Rows> {
  const known = await select(reading, plan)
  const users = foldRows(known.rows, plan.users, BY_USER)
  return { rows: users.rows, folded: known.folded + users.folded }
}

interface Named {
  readonly named: Rows
  /** How many end users are not named, at least. */
  readonly others: number
}

/** Adds the end users that are not named: what is left of the totals. */
async function withOthers(reading: Reading, plan: UsagePlan, { named, others }: Named): Promise<Rows> {
  const groupBy = plan.query.groupBy.filter((one) => one !== 'END_USER')
  const withoutUser = planUsage({ ...plan.query, groupBy }, plan.users)
  const totals = await select(reading, withoutUser)
  const kept = await valuesInBoth(reading, plan, withoutUser)
  const alike = (rows: readonly UsageRow[]) => (kept === null ? rows : foldOthers(rows, kept, BY_TAG))
  const dearest = foldRows(alike(named.rows), plan.users, BY_USER).rows.filter((row) => !isOfOthers(row))
  const at = plan.query.groupBy.indexOf('END_USER')
  const whole = alike(totals.rows).map((row) => ({ ...row, group: row.group.toSpliced(at, 0, OTHERS) }))
  const rest = remainder(whole, dearest, BY_USER.asOther)
  return { rows: [...dearest, ...rest], folded: (rest.length > 0 ? others : 0) + Math.max(named.folded, totals.folded) }
}

const OTHERS = { dimension: 'END_USER', value: null, isOther: true } as const

function isOfOthers({ group }: UsageRow): boolean {
  return group.some(({ dimension, isOther }) => dimension === 'END_USER' && isOther)
}

/**
 * The values of the tag that is grouped by which the totals always name; null for all. Rollups of users name all values, and
 * those of the totals do not: nothing would be left of a value that is among the others of some days.
 */
async function valuesInBoth(
  { tx, projectId }: Reading,
  { query, anonymous }: UsagePlan,
  { kinds }: UsagePlan,
): Promise<ReadonlySet<string> | null> {
  const bounds = [kinds.DAY?.values, anonymous.DAY?.values].flatMap((values) => values ?? [])
  if (query.groupByTag == null || bounds.length === 0) return null
  return await alwaysNamed(tx, projectId, { range: query.range, key: query.groupByTag, values: Math.min(...bounds) })
}

interface Dearest {
  readonly names: readonly string[]
  /** How many end users there are besides, at least. */
  readonly others: number
}

/** Who is named: those that cost most of all, or under one of the tags that are filtered by. */
async function dearestOf(reading: Reading, plan: UsagePlan): Promise<Dearest> {
  const { tags } = plan.query.filter
  const lists: (readonly DearestRecord[])[] = []
  for (const tag of tags.length > 0 ? tags : [null]) lists.push(await rememberedListOf(reading, plan, tag))
  const names = [...new Set(lists.flatMap((list) => list.map(({ end_user }) => end_user)))]
  // Under a tag only those are known who cost most, however many there are.
  return { names, others: Math.max(tags.length > 0 ? 1 : 0, ...lists.map(othersOf)) }
}

/** How many end users a list does not name, at least. */
function othersOf(list: readonly DearestRecord[]): number {
  const [first] = list
  return first === undefined ? 0 : Math.max(Number(first.folded), Number(first.known) - list.length)
}

/** A report by a tag asks for the same list twice. */
async function rememberedListOf(reading: Reading, plan: UsagePlan, tag: Tag | null): Promise<readonly DearestRecord[]> {
  const name = JSON.stringify([plan.query.range, tag, plan.users])
  const list = reading.dearest.get(name) ?? (await listOf(reading, plan, tag))
  reading.dearest.set(name, list)
  return list
}

async function listOf(
  reading: Reading,
  { query, users }: UsagePlan,
  tag: Tag | null,
): Promise<readonly DearestRecord[]> {
  const { projectId, state } = reading
  const kinds = tag === null ? TOP_USERS : TOP_USERS_OF_TAG
  const filter = { status: [], provider: [], model: [], tags: tag === null ? [] : [tag], endUser: null }
  const all: UsageQuery = { ...query, filter, groupByTag: null }
  const segments = segmentsOf(query.range, { interval: null, kinds, byHour: false, state })
  if (segments.length === 0) return []
  const unnamed = callsOfDays(segments, unnamedPeriods(state, 'DAY', { kind: kinds.DAY, tags: placesOf(all) }))
  const wanted = tag === null ? segments : [...summedUpOf(segments), ...unnamed]
  const reads: UsageRead[] = [{ segments: wanted, kinds, tags: placesOf(all), users: 'ALL' }]
  const { text, values } = dearestStatement({ projectId, query: all, reads }, users)
  return await read<DearestRecord>(reading, { text, values })
}

/** Without the calls at both ends of a range, if there is more: who is named does not depend on a day. */
function summedUpOf(segments: readonly Segment[]): readonly Segment[] {
  const summedUp = segments.filter(({ source }) => source !== 'calls')
  return summedUp.length > 0 ? summedUp : segments
}
