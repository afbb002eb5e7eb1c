import { beforeAll, expect, it } from 'vitest'
import type { SettledCall } from '../../src/core/call.ts'
import { newCallId } from '../../src/core/call-id.ts'
import type { CallFilter } from '../../src/core/call-list.ts'
import { CallsGone } from '../../src/core/calls-gone.ts'
import { systemClock } from '../../src/core/clock.ts'
import { KEEP_ALL, type RetentionSettings } from '../../src/core/settings.ts'
import type { UsageQuery } from '../../src/core/usage-report.ts'
import { ensurePartitions } from '../../src/database/partitions.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { dropExpired } from '../../src/ledger/retention.ts'
import { compactUsage } from '../../src/ledger/usage/compaction.ts'
import { ledgerWriter } from '../../src/ledger/writer.ts'
import { describeDatabases } from '../support/database.ts'
import { clockAt, newId, quiet, settledCall } from './sample-calls.ts'

const HOUR = 3_600_000
const NONE: Omit<CallFilter, 'range'> = { status: [], provider: [], model: [], tags: [], endUser: null }
const TAGS = [
  { key: 'feature', value: 'chat' },
  { key: 'team', value: 'web' },
  { key: 'job', value: 'x' },
]
/** In the past, since the partitions of the present are there already. */
const FIRST = Date.UTC(2020, 0)
const NOW = Date.UTC(2020, 4, 20, 12)
const KEEP: RetentionSettings = { calls: { count: 2, unit: 'months' }, payloads: { count: 30, unit: 'days' } }

describeDatabases('retention', (suite) => {
  const projectId = newId()
  const at = (month: number, day: number, hour: number) => Date.UTC(2020, month, day, hour) + 1234
  const calls = [at(0, 5, 3), at(1, 3, 4), at(1, 20, 5), at(2, 2, 6), at(3, 9, 7), at(4, 19, 8)].map(
    (ms, place): SettledCall =>
      settledCall({
        id: newCallId(clockAt(ms)),
        projectId,
        endUser: `u${place % 2}`,
        tags: TAGS,
        plan: null,
      }),
  )
  const usage = (query: Partial<UsageQuery>) =>
    ledgerReader(suite.database()).usage(projectId, {
      range: { from: FIRST, to: NOW },
      interval: null,
      groupBy: [],
      filter: NONE,
      ...query,
    })
  const partitions = async (table: string) => {
    const rows = await suite.database().sql<{ name: string }[]>`
      select relname as name from pg_inherits join pg_class on oid = inhrelid
      where inhparent = ${table}::regclass order by relname`
    return rows.map(({ name }) => name).filter((name) => name.startsWith(`${table}_2020`))
  }

  beforeAll(async () => {
    const { sql } = suite.database()
    for (const month of [0, 3]) await ensurePartitions(suite.database(), Date.UTC(2020, month))
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(calls.map(writer.settle))
    await writer.close()
    for (const call of calls) {
      await sql`
        insert into rating (call_id, metric, api_key_id, project_id, call_created_at, score, rated_at)
        values (${call.id}, 'good', ${call.apiKeyId}, ${projectId}, ${new Date(call.createdAt).toISOString()}, 1, now())`
    }
  })

  it('keeps everything where nothing is configured', async () => {
    await compactUsage(suite.database(), NOW)
    expect(await dropExpired(suite.database(), KEEP_ALL, NOW)).toEqual([])
  })

  it('drops no calls whose days are not summed up, or changed since', async () => {
    await suite.database().sql`insert into usage_late (project_id, day) values (${projectId}, '2020-01-05T00:00:00Z')`
    expect(await dropExpired(suite.database(), { ...KEEP, payloads: null }, NOW)).toEqual([])
    expect(await compactUsage(suite.database(), NOW)).toBe(1)
  })

  it('drops the months and days that are over, once, whoever does it', async () => {
    const others = [1, 2, 3].map(() => dropExpired(suite.database(), KEEP, NOW))
    const names = (await Promise.all(others)).flat().sort()
    expect(names.filter((name) => !name.startsWith('payload'))).toEqual([
      'attempt_2020_01',
      'attempt_2020_02',
      'call_2020_01',
      'call_2020_02',
    ])
    expect(names.filter((name) => name.startsWith('payload_2020_01_0')).length).toBe(3)
    expect(await partitions('call')).toEqual(['call_2020_03', 'call_2020_04', 'call_2020_05', 'call_2020_06'])
    expect(await dropExpired(suite.database(), KEEP, NOW)).toEqual([])
    const [row] = await suite.database().sql`select count(*)::int as n from rating where project_id = ${projectId}`
    expect(row?.n).toBe(3)
    expect(await ledgerReader(suite.database()).call(projectId, calls[0]?.id ?? '')).toBeNull()
    expect(await ledgerReader(suite.database()).call(projectId, calls[3]?.id ?? '')).not.toBeNull()
  })

  it('keeps the totals of calls that are gone', async () => {
    for (const groupBy of [[], ['MODEL'], ['API_KEY'], ['END_USER'], ['END_USER', 'MODEL']] as const) {
      for (const interval of [null, 'DAY', 'MONTH'] as const) {
        expect((await usage({ groupBy, interval })).total.calls).toBe(6)
      }
    }
    expect((await usage({ interval: 'HOUR', groupBy: ['MODEL'] })).rows.map(({ periodStart }) => periodStart)).toEqual(
      calls.map(({ createdAt }) => Math.floor(createdAt / HOUR) * HOUR),
    )
    expect(
      (await usage({ groupByTag: 'feature' })).rows.map(({ tag, metrics }) => [tag?.value, metrics.calls]),
    ).toEqual([['chat', 6]])
  })

  it('rounds a range that begins within an hour outwards where the calls are gone, and nowhere else', async () => {
    const within = (ms: number) => ({ range: { from: ms, to: NOW } })
    const second = calls[1]?.createdAt ?? 0
    expect((await usage(within(second + 1))).total.calls).toBe(5)
    expect((await usage(within(Math.floor(second / HOUR) * HOUR + HOUR))).total.calls).toBe(4)
    expect((await usage({ ...within(second + 1), groupBy: ['API_KEY'] })).total.calls).toBe(5)
    expect((await usage({ ...within(second + 20 * HOUR + 1), groupBy: ['API_KEY'] })).total.calls).toBe(4)
    const fourth = calls[3]?.createdAt ?? 0
    expect((await usage(within(fourth + 1))).total.calls).toBe(2)
    expect((await usage({ range: { from: FIRST, to: second } })).total.calls).toBe(2)
  })

  it('says so where only calls could tell', async () => {
    await expect(usage({ filter: { ...NONE, tags: TAGS } })).rejects.toThrow(CallsGone)
    const kept = { from: Date.UTC(2020, 2), to: NOW }
    expect((await usage({ range: kept, filter: { ...NONE, tags: TAGS } })).total.calls).toBe(3)
    expect((await usage({ filter: { ...NONE, tags: TAGS.slice(0, 2) } })).total.calls).toBe(6)
  })
})
