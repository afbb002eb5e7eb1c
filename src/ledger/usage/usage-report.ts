import type { UsageQuery, UsageReport, UsageRow } from '../../core/usage-report.ts'
import type { Database } from '../../database/database.ts'
import { transaction } from '../../database/transaction.ts'
import { ONE_MOMENT } from '../short-reads.ts'
import { readRollupState } from './rollup-state.ts'
import { BY_TAG, BY_USER, foldRows, remainder, sorted } from './usage-fold.ts'
import { sumOf } from './usage-metrics.ts'
import { planUsage, type UsagePlan, VALUES_IN_REPORT } from './usage-plan.ts'
import { type Reading, type Rows, select } from './usage-read.ts'
import { byUser } from './usage-users.ts'

/** The planner expects a few rows of a rollup, and would sort thousands to add them up. */
const BY_HASH = 'set local enable_sort = off'

/**
 * Totals of a project's calls that have ended, by group and period.
 * @throws CallsGone where only calls that retention dropped could tell
 */
export async function readUsage(database: Database, projectId: string, query: UsageQuery): Promise<UsageReport> {
  return await transaction(database.sql, async (tx) => {
    await tx.unsafe(`${ONE_MOMENT}; ${BY_HASH}`)
    const state = await readRollupState(tx, projectId, query)
    const { rows, folded } = await rowsOf({ tx, projectId, state, dearest: new Map() }, planUsage(query))
    return { total: sumOf(rows.map(({ metrics }) => metrics)), rows: sorted(rows), folded }
  })
}

async function rowsOf(reading: Reading, plan: UsagePlan): Promise<Rows> {
  return await (plan.query.groupByTag == null ? knownRows(reading, plan) : byTag(reading, plan))
}

/** The rows of calls that have the tag that is grouped by, or of all where none is. */
async function knownRows(reading: Reading, plan: UsagePlan): Promise<Rows> {
  const { groupBy, filter } = plan.query
  return await (groupBy.includes('END_USER') && filter.endUser === null ? byUser(reading, plan) : select(reading, plan))
}

/** Values of a tag, what is folded, and the calls that have no such tag: what is left of the total. */
async function byTag(reading: Reading, plan: UsagePlan): Promise<Rows> {
  const known = await knownRows(reading, plan)
  const totals = await knownRows(reading, planUsage({ ...plan.query, groupByTag: null }, plan.users))
  const folded = foldRows(known.rows, VALUES_IN_REPORT, BY_TAG)
  const without = totalsWithoutTag(totals.rows, known.rows, plan)
  return { rows: [...folded.rows, ...without], folded: Math.max(known.folded, totals.folded) + folded.folded }
}

function totalsWithoutTag(totals: readonly UsageRow[], rows: readonly UsageRow[], { query }: UsagePlan): UsageRow[] {
  const none = totals.map((row) => ({ ...row, tag: { value: null, isOther: false } }))
  // A user whom the totals do not name is one of the others there.
  const names = new Set(totals.map((row) => BY_USER.nameOf(row)))
  return remainder(none, rows, (row) => {
    const plain: UsageRow = { ...row, tag: { value: null, isOther: false } }
    const user = BY_USER.nameOf(row)
    return query.groupBy.includes('END_USER') && user !== null && !names.has(user) ? BY_USER.asOther(plain) : plain
  })
}
