import type { CallCursor, CallFilter } from '../../../src/core/call-list.ts'
import type { LedgerReader } from '../../../src/core/ledger.ts'
import type { Tag } from '../../../src/core/tag.ts'
import type { UsageInterval, UsageQuery } from '../../../src/core/usage-report.ts'
import type { Database } from '../../../src/database/database.ts'
import { seedId } from './seed-sql.ts'

/** A query of the contract that reads the ledger. */
export interface Case {
  readonly name: string
  run(): Promise<unknown>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const PAGE = 25
const DEEP_PAGE = 10_000

/** The busiest project, about a third of all calls. */
const PROJECT = seedId('project 0')
/** The busiest project whose calls each have a tag of their own. */
const PROJECT_OF_IDS = seedId('project 3')
const NONE: Omit<CallFilter, 'range'> = { status: [], provider: [], model: [], tags: [], endUser: null }

const FEATURE = { key: 'feature', value: 'report' }
const TEAM = { key: 'team', value: 'data' }
/** Nine calls out of ten have it. */
const PRODUCTION = { key: 'env', value: 'prod' }
/** Of a tag with more values than rollups name, one that is always named, and one that hardly ever is. */
const CUSTOMERS = ['customer-0', 'customer-120'].map((value) => ({ key: 'customer', value }))
const USAGE_FILTERS: Readonly<Record<string, Partial<typeof NONE>>> = {
  'status FAILED': { status: ['FAILED'] },
  'provider and model': { provider: ['anthropic'], model: ['claude-haiku-4-5'] },
  'an end user': { endUser: 'user-0-7' },
  'a tag': { tags: [FEATURE] },
  'two tags': { tags: [FEATURE, TEAM] },
  'a common tag, and a status': { tags: [PRODUCTION], status: ['FAILED'] },
  'a large customer': { tags: CUSTOMERS.slice(0, 1) },
  'a small customer': { tags: CUSTOMERS.slice(1) },
}
const only = (...tags: readonly Tag[]) => ({ ...NONE, tags })

type Asked = Pick<UsageQuery, 'groupBy'> & Partial<UsageQuery>

const USAGE: readonly (readonly [string, Asked])[] = [
  ['nothing', { groupBy: [] }],
  ['provider', { groupBy: ['PROVIDER'] }],
  ['model', { groupBy: ['MODEL'] }],
  ['requested model', { groupBy: ['REQUESTED_MODEL'] }],
  ['status', { groupBy: ['STATUS'] }],
  ['project', { groupBy: ['PROJECT'] }],
  ['API key', { groupBy: ['API_KEY'] }],
  ['end user', { groupBy: ['END_USER'] }],
  ['tag feature', { groupBy: [], groupByTag: 'feature' }],
  ['model, status', { groupBy: ['MODEL', 'STATUS'] }],
  ['requested model, model', { groupBy: ['REQUESTED_MODEL', 'MODEL'] }],
  ['API key, model', { groupBy: ['API_KEY', 'MODEL'] }],
  ['end user, model', { groupBy: ['END_USER', 'MODEL'] }],
  ['tag feature, model', { groupBy: ['MODEL'], groupByTag: 'feature' }],
  ['model, API key, status', { groupBy: ['MODEL', 'API_KEY', 'STATUS'] }],
  ['requested model, API key', { groupBy: ['REQUESTED_MODEL', 'API_KEY'] }],
  ['end user, status', { groupBy: ['END_USER', 'STATUS'] }],
  ['tag feature, API key', { groupBy: ['API_KEY'], groupByTag: 'feature' }],
  ['tag feature, requested model', { groupBy: ['REQUESTED_MODEL'], groupByTag: 'feature' }],
  ['tag customer', { groupBy: [], groupByTag: 'customer' }],
  ['tag feature; only a common tag', { groupBy: [], groupByTag: 'feature', filter: only(PRODUCTION) }],
  ['tag feature, model; only a tag', { groupBy: ['MODEL'], groupByTag: 'feature', filter: only(TEAM) }],
  ['end user; only a tag', { groupBy: ['END_USER'], filter: only(FEATURE) }],
  ['end user; only a large customer', { groupBy: ['END_USER'], filter: only(...CUSTOMERS.slice(0, 1)) }],
  ['tag feature, end user', { groupBy: ['END_USER'], groupByTag: 'feature' }],
  ['model, with quantiles', { groupBy: ['MODEL'], quantiles: 'wanted' }],
  ...Object.entries(USAGE_FILTERS).map(
    ([name, filter]) => [`model; only ${name}`, { groupBy: ['MODEL'], filter: { ...NONE, ...filter } }] as const,
  ),
]

const RANGES: readonly (readonly [string, number, UsageInterval | null])[] = [
  ['24 hours by hour', DAY_MS, 'HOUR'],
  ['30 days', 30 * DAY_MS, null],
  ['30 days by day', 30 * DAY_MS, 'DAY'],
  ['12 months', 365 * DAY_MS, null],
  ['12 months by month', 365 * DAY_MS, 'MONTH'],
]

/** Usage of the busiest project until now, so that ranges begin and end within hours. */
export function usageCases(reader: LedgerReader, now: number): Case[] {
  return USAGE.flatMap(([what, asked]) =>
    RANGES.map(([range, ms, interval]) => ({
      name: `usage by ${what}: ${range}`,
      run: () =>
        reader.usage(PROJECT, {
          filter: NONE,
          quantiles: 'unwanted',
          ...asked,
          range: { from: now - ms, to: now },
          interval,
        }),
    })),
  )
}

/** The first page and the 10,000th (the last one, where there are fewer) of a list, by each filter. */
export async function callCases(reader: LedgerReader, database: Database, now: number): Promise<Case[]> {
  const [someId] = await database.sql<{ value: string }[]>`
    select entry->>'value' as value from call, jsonb_array_elements(tags) as entry
    where project_id = ${PROJECT_OF_IDS} and entry->>'key' = 'request' and created_at > ${new Date(now - 200 * DAY_MS).toISOString()}
    order by created_at limit 1`
  const filters: readonly (readonly [string, Partial<CallFilter>, string?])[] = [
    ['nothing', {}],
    ['status SUCCEEDED', { status: ['SUCCEEDED'] }],
    ['status FAILED', { status: ['FAILED'] }],
    ['status FAILED or CANCELLED', { status: ['FAILED', 'CANCELLED'] }],
    ['status ABANDONED (1 in 100,000)', { status: ['ABANDONED'] }],
    ['provider', { provider: ['openai'] }],
    ['the rarest model', { model: ['o3'] }],
    ['two models', { model: ['o3', 'deepseek-chat'] }],
    ['model and status', { model: ['o3'], status: ['FAILED'] }],
    ['a busy end user', { endUser: 'user-0-0' }],
    ['an end user', { endUser: 'user-0-9000' }],
    ['a common tag', { tags: [PRODUCTION] }],
    ['two tags', { tags: [FEATURE, TEAM] }],
    ['a large customer', { tags: CUSTOMERS.slice(0, 1) }],
    ['a small customer', { tags: CUSTOMERS.slice(1) }],
    ['a small customer and a tag', { tags: [...CUSTOMERS.slice(1), FEATURE] }],
    ['an end user and a tag', { endUser: 'user-0-0', tags: [FEATURE] }],
    ['a tag that one call has', { tags: [{ key: 'request', value: someId?.value ?? '' }] }, PROJECT_OF_IDS],
    ['a tag that no call has', { tags: [{ key: 'feature', value: 'nothing' }] }],
    [
      'a month, by status and tag',
      { range: { from: now - 200 * DAY_MS, to: now - 170 * DAY_MS }, status: ['FAILED'], tags: [FEATURE] },
    ],
  ]
  const cases: Case[] = []
  for (const [what, given, projectId = PROJECT] of filters) {
    const filter: CallFilter = { ...NONE, range: null, ...given }
    const deep = await cursorAt(database, projectId, filter)
    cases.push({ name: `calls by ${what}: first page`, run: () => reader.calls(projectId, filter, PAGE, null) })
    if (deep)
      cases.push({
        name: `calls by ${what}: page ${deep.page}`,
        run: () => reader.calls(projectId, filter, PAGE, deep.cursor),
      })
  }
  return cases
}

/** The cursor before the 10,000th page, found by what pages never do: counting. */
async function cursorAt(
  database: Database,
  projectId: string,
  filter: CallFilter,
): Promise<{ readonly cursor: CallCursor; readonly page: string } | null> {
  const { sql } = database
  const where = sql`project_id = ${projectId}
    ${filter.status.length > 0 ? sql`and status in ${sql([...filter.status])}` : sql``}
    ${filter.provider.length > 0 ? sql`and provider in ${sql([...filter.provider])}` : sql``}
    ${filter.model.length > 0 ? sql`and model in ${sql([...filter.model])}` : sql``}
    ${filter.endUser === null ? sql`` : sql`and end_user = ${filter.endUser}`}
    ${filter.tags.length > 0 ? sql`and tags @> ${JSON.stringify(filter.tags)}::text::jsonb` : sql``}
    ${filter.range ? sql`and created_at >= ${new Date(filter.range.from).toISOString()} and created_at < ${new Date(filter.range.to).toISOString()}` : sql``}`
  const [counted] = await sql<{ n: number }[]>`select count(*)::int as n from call where ${where}`
  const skip = Math.min((DEEP_PAGE - 1) * PAGE, (counted?.n ?? 0) - PAGE) - 1
  if (skip < PAGE) return null
  const [row] = await sql<{ ms: string; id: string }[]>`
    select extract(epoch from created_at) * 1000 as ms, id from call where ${where}
    order by created_at desc, id desc offset ${skip} limit 1`
  if (!row) return null
  const page = Math.floor((skip + 1) / PAGE) + 1
  return { cursor: { createdAt: Number(row.ms), id: row.id }, page: page.toLocaleString('en') }
}

export async function otherCases(reader: LedgerReader): Promise<Case[]> {
  const { calls } = await reader.calls(PROJECT, { ...NONE, range: null, status: ['SUCCEEDED'] }, 50, null)
  const ids = calls.map(({ id }) => id)
  const [first = ''] = ids
  return [
    {
      name: 'call by id, with its attempts',
      run: () => Promise.all([reader.call(PROJECT, first), reader.attempts([first])]),
    },
    { name: 'attempts of a page of 50 calls', run: () => reader.attempts(ids) },
    { name: 'quotas', run: () => reader.quotas(PROJECT, null) },
  ]
}
