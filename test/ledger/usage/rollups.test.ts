import { beforeAll, describe, expect, it } from 'vitest'
import type { SettledCall } from '../../../src/core/call.ts'
import { newCallId } from '../../../src/core/call-id.ts'
import type { CallFilter } from '../../../src/core/call-list.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { totalOf } from '../../../src/core/cost.ts'
import { bucketOf, quantileOf } from '../../../src/core/sketch.ts'
import {
  USAGE_DIMENSIONS,
  USAGE_INTERVALS,
  type UsageDimension,
  type UsageInterval,
  type UsageQuery,
  type UsageReport,
  type UsageRow,
} from '../../../src/core/usage-report.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { compactUsage } from '../../../src/ledger/usage/compaction.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { expectSoundLedger } from '../../support/ledger-check.ts'
import { clockAt, newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** So that a whole month, parts of two others, and a day that is not over are in it. */
const START = Date.UTC(2030, 0, 28)
const NOW = Date.UTC(2030, 2, 4, 12)
const NONE: Omit<CallFilter, 'range'> = { status: [], provider: [], model: [], tags: [], endUser: null }

const VALUES: Record<Exclude<UsageDimension, 'PROJECT' | 'API_KEY'>, (call: SettledCall) => string | null> = {
  PROVIDER: (call) => call.provider,
  MODEL: (call) => call.model,
  REQUESTED_MODEL: (call) => call.requestedModel,
  STATUS: (call) => call.status,
  END_USER: (call) => call.endUser,
}
const keys = [newId(), newId()]

/** A call whose every property follows from its number, spread over the whole time. */
function sample(projectId: string, at: number): SettledCall {
  const createdAt = START + Math.floor((at * 7919 * 1_000_003) % (NOW - START))
  const of = <T>(values: readonly T[], salt: number): T => values[(at * salt + (at >> 3)) % values.length] as T
  return settledCall({
    id: newCallId(clockAt(createdAt)),
    projectId,
    apiKeyId: of(keys, 3),
    requestedModel: of(['chat', 'auto', 'openai/gpt-5-mini'], 5),
    status: of(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED'] as const, 7),
    provider: of(['openai', 'groq', null], 11),
    model: of(['a', 'b', null], 13),
    // Of whom there is too little for a month to be summed up.
    endUser: at % 97 === 0 ? 'rare' : of(['u1', 'u2', 'u3', null], 17),
    tags: of(
      [
        [],
        [{ key: 'feature', value: 'search' }],
        [
          { key: 'feature', value: 'chat' },
          { key: 'team', value: 'web' },
        ],
        [
          { key: 'team', value: 'data' },
          { key: 'feature', value: 'search' },
        ],
      ],
      19,
    ),
    cost: {
      priced: at % 9 > 0,
      parts: { input: BigInt(at), cachedInput: 2n, cacheWrite: 3n, output: BigInt(at * at) },
      wasted: 5n,
      saved: 7n,
    },
    latency: { totalMs: 1 + ((at * 37) % 4000), firstTokenMs: at % 4 ? (at * 13) % 700 : null, overheadMs: 1 },
    plan: null,
  })
}

const isNobody = ({ dimension, value, isOther }: UsageRow['group'][number]) =>
  dimension === 'END_USER' && value === null && !isOther

const newCallAt = (at: number) => ({ id: newCallId(clockAt(at)), createdAt: at })

const tagOf = (call: SettledCall, key: string) => call.tags.find((tag) => tag.key === key)?.value ?? null

function periodOf(at: number, interval: UsageInterval | null): number | null {
  const date = new Date(at)
  if (interval === 'HOUR') return Math.floor(at / HOUR) * HOUR
  if (interval === 'DAY') return Math.floor(at / DAY) * DAY
  return interval === 'MONTH' ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) : null
}

function holds(call: SettledCall, { range, filter }: UsageQuery): boolean {
  const any = (values: readonly string[], value: string | null) => values.length === 0 || values.includes(value ?? '\0')
  return (
    call.createdAt >= range.from &&
    call.createdAt < range.to &&
    any(filter.status, call.status) &&
    any(filter.provider, call.provider) &&
    any(filter.model, call.model) &&
    (filter.endUser === null || filter.endUser === call.endUser) &&
    filter.tags.every((tag) => tagOf(call, tag.key) === tag.value)
  )
}

function nameOf(dimension: UsageDimension, call: SettledCall): string | null {
  if (dimension === 'PROJECT') return null
  return dimension === 'API_KEY' ? call.apiKeyId : VALUES[dimension](call)
}

/** What a report must say, from the calls. */
function expected(calls: readonly SettledCall[], query: UsageQuery): Map<string, unknown> {
  const groups = Map.groupBy(
    calls.filter((call) => holds(call, query)),
    (call) => {
      const tag = query.groupByTag == null ? null : { value: tagOf(call, query.groupByTag), isOther: false }
      return JSON.stringify([
        periodOf(call.createdAt, query.interval),
        query.groupBy.map((one) => nameOf(one, call)),
        tag,
      ])
    },
  )
  return new Map([...groups].map(([key, members]) => [key, summaryOf(members)]))
}

function summaryOf(calls: readonly SettledCall[]) {
  const sketch = (of: (call: SettledCall) => number | null) => {
    const buckets = calls.flatMap((call) => (call.status === 'SUCCEEDED' ? (of(call) ?? []) : [])).map(bucketOf)
    return [...Map.groupBy(buckets, (bucket) => bucket)].map(([bucket, all]) => [bucket, all.length]).sort(byFirst)
  }
  return {
    calls: calls.length,
    succeeded: calls.filter(({ status }) => status === 'SUCCEEDED').length,
    refused: calls.filter(({ status }) => status === 'REFUSED').length,
    unpriced: calls.filter(({ cost }) => !cost.priced).length,
    cost: calls.reduce((sum, { cost }) => sum + totalOf(cost.parts), 0n),
    input: calls.reduce((sum, { usage }) => sum + usage.inputTokens, 0),
    latency: sketch(({ latency }) => latency.totalMs),
    firstToken: sketch(({ latency }) => latency.firstTokenMs),
  }
}

const byFirst = ([a = 0]: readonly number[], [b = 0]: readonly number[]) => a - b

function summaryOfRow({ metrics }: Pick<UsageRow, 'metrics'>) {
  return {
    calls: metrics.calls,
    succeeded: metrics.succeeded,
    refused: metrics.refused,
    unpriced: metrics.unpricedCalls,
    cost: metrics.cost,
    input: metrics.inputTokens,
    latency: [...metrics.latency].map(([bucket, count]) => [bucket, count]).sort(byFirst),
    firstToken: [...metrics.firstToken].map(([bucket, count]) => [bucket, count]).sort(byFirst),
  }
}

function found({ rows }: UsageReport): Map<string, unknown> {
  return new Map(
    rows.map((row) => [
      JSON.stringify([row.periodStart, row.group.map(({ value }) => value), row.tag]),
      summaryOfRow(row),
    ]),
  )
}

const ranges: readonly (readonly [string, UsageQuery['range']])[] = [
  ['everything', { from: START, to: NOW }],
  ['broken days and hours', { from: START + 1.3 * DAY, to: NOW - 1.1 * DAY }],
  ['one month', { from: Date.UTC(2030, 1), to: Date.UTC(2030, 2) }],
]

const filters: readonly Partial<typeof NONE>[] = [
  {},
  { status: ['SUCCEEDED', 'REFUSED'] },
  { provider: ['openai'], model: ['a', 'b'] },
  { endUser: 'u1' },
  { tags: [{ key: 'feature', value: 'search' }] },
  {
    tags: [
      { key: 'feature', value: 'chat' },
      { key: 'team', value: 'web' },
    ],
    status: ['FAILED'],
  },
]

describeDatabases('usage from rollups', (suite) => {
  const projectId = newId()
  const calls: SettledCall[] = []
  const writing = async (rows: readonly SettledCall[]) => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(rows.map(writer.settle))
    await writer.close()
    calls.push(...rows)
  }
  const usage = (query: UsageQuery) => ledgerReader(suite.database()).usage(projectId, query)

  async function check(query: UsageQuery): Promise<void> {
    const report = await usage(query)
    expect(found(report)).toEqual(expected(calls, query))
    expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(calls.filter((call) => holds(call, query))))
    expect(report.folded).toBe(0)
  }

  async function rowsOf(grain: string, at: number): Promise<number> {
    const day = new Date(Math.floor(at / DAY) * DAY).toISOString()
    const [row] = await suite.database().sql<{ n: number }[]>`
      select count(*)::int as n from usage_rollup where project_id = ${projectId} and grain = ${grain}
        and period >= ${day}::timestamptz and period < ${day}::timestamptz + interval '24 hours'`
    return row?.n ?? 0
  }

  async function checkAll(): Promise<void> {
    for (const [, range] of ranges) {
      for (const interval of [null, ...USAGE_INTERVALS]) {
        await check({ range, interval, groupBy: [], filter: NONE })
        await check({ range, interval, groupBy: ['MODEL', 'STATUS'], filter: NONE })
        await check({ range, interval, groupBy: ['END_USER'], filter: NONE, groupByTag: null })
        await check({ range, interval, groupBy: [], filter: NONE, groupByTag: 'feature' })
      }
    }
  }

  beforeAll(async () => {
    await writing(Array.from({ length: 400 }, (_, at) => sample(projectId, at + 1)))
    expect(await compactUsage(suite.database(), NOW)).toBeGreaterThan(30)
  })

  it('has nothing left to sum up', async () => {
    expect(await compactUsage(suite.database(), NOW)).toBe(0)
    const [row] = await suite.database().sql`select count(*)::int as n from usage_rollup where grain = 'MONTH'`
    expect(row?.n).toBeGreaterThan(0)
  })

  it('is exact in every interval', checkAll)

  describe.each(filters)('filtered by %j', (filter) => {
    it.each(USAGE_DIMENSIONS.filter((one) => one !== 'API_KEY' && one !== 'PROJECT'))(
      'is exact by %s',
      async (dimension) => {
        for (const [, range] of ranges.slice(0, 2)) {
          for (const interval of [null, 'DAY', 'MONTH'] as const) {
            await check({ range, interval, groupBy: [dimension], filter: { ...NONE, ...filter } })
            await check({ range, interval, groupBy: [dimension], filter: { ...NONE, ...filter }, groupByTag: 'team' })
          }
        }
      },
    )

    it('is exact by API key and others', async () => {
      for (const [, range] of ranges.slice(0, 2)) {
        await check({ range, interval: 'MONTH', groupBy: ['API_KEY', 'MODEL'], filter: { ...NONE, ...filter } })
        await check({ range, interval: null, groupBy: ['API_KEY', 'END_USER'], filter: { ...NONE, ...filter } })
      }
    })
  })

  const dimensions = USAGE_DIMENSIONS.filter((one) => one !== 'PROJECT')
  const pairs = dimensions.flatMap((one, at) => dimensions.slice(at + 1).map((other) => [one, other] as const))

  it.each(pairs)('is exact by %s and %s, and by a tag too', async (...groupBy) => {
    const team = { ...NONE, tags: [{ key: 'team', value: 'web' }] }
    for (const [, range] of ranges.slice(0, 2)) {
      await check({ range, interval: null, groupBy, filter: NONE })
      await check({ range, interval: 'MONTH', groupBy, filter: NONE, groupByTag: 'feature' })
      await check({ range, interval: null, groupBy, filter: { ...team, status: ['SUCCEEDED'] }, groupByTag: 'feature' })
    }
  })

  it.each(['rare', 'u2'])('is exact for end user %s, whether there is much of them or not', async (endUser) => {
    for (const interval of [null, 'MONTH'] as const) {
      for (const groupBy of [[], ...dimensions.map((one) => [one])]) {
        const query: UsageQuery = { range: { from: START, to: NOW }, interval, groupBy, filter: { ...NONE, endUser } }
        await check(query)
        await check({ ...query, groupByTag: 'team' })
        await check({ ...query, filter: { ...query.filter, tags: [{ key: 'feature', value: 'search' }] } })
      }
    }
  })

  it('sees a call that ends when its day is summed up, at once and after the day is summed up again', async () => {
    await writing([
      settledCall({ projectId, id: newCallId(clockAt(Date.UTC(2030, 1, 10, 9))), apiKeyId: keys[0] ?? '' }),
    ])
    await checkAll()
    expect(await compactUsage(suite.database(), NOW)).toBe(1)
    await checkAll()
  })

  it('sees a call abandoned and come back when its day is summed up', async () => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    const id = newCallId(clockAt(Date.UTC(2030, 1, 11, 9)))
    const query: UsageQuery = {
      range: ranges[2]?.[1] ?? { from: 0, to: 0 },
      interval: null,
      groupBy: ['STATUS'],
      filter: NONE,
    }
    const abandoned = async () =>
      (await usage(query)).rows.find(({ group }) => group[0]?.value === 'ABANDONED')?.metrics.calls ?? 0
    await writer.open(openedCall({ projectId, id, apiKeyId: keys[0] ?? '' }), { USD: null, TOKENS: null })
    await writer.flush()
    await compactUsage(suite.database(), NOW)
    expect(await writer.sweep(NOW)).toBe(1)
    expect(await abandoned()).toBe(1)
    await compactUsage(suite.database(), NOW)
    expect(await abandoned()).toBe(1)
    const late = settledCall({ projectId, id, apiKeyId: keys[0] ?? '' })
    await writer.settle(late)
    await writer.close()
    calls.push(late)
    expect(await abandoned()).toBe(0)
    await checkAll()
    expect(await compactUsage(suite.database(), NOW)).toBe(1)
    await checkAll()
  })

  it('leaves a mark for a call that ends while its day is being closed', async () => {
    const day = Date.UTC(2030, 2, 4)
    const call = settledCall({ projectId, id: newCallId(clockAt(day + HOUR)), apiKeyId: keys[0] ?? '' })
    await Promise.all([writing([call]), compactUsage(suite.database(), NOW + DAY)])
    await check({ range: { from: START, to: NOW }, interval: null, groupBy: ['MODEL', 'API_KEY'], filter: NONE })
    await compactUsage(suite.database(), NOW + DAY)
    await check({ range: { from: START, to: NOW }, interval: null, groupBy: ['MODEL', 'API_KEY'], filter: NONE })
  })

  it('sees a call that ends when its hour of a day that is not over is summed up', async () => {
    const at = NOW + DAY
    await compactUsage(suite.database(), at)
    const createdAt = at - 6 * HOUR - 1234
    const keyed: UsageQuery = {
      range: { from: createdAt - 2 * HOUR, to: at },
      interval: 'HOUR',
      groupBy: ['API_KEY'],
      filter: NONE,
    }
    for (let step = 0; step < 2; step++) {
      await writing([{ ...sample(projectId, 500 + step), ...newCallAt(createdAt + step) }])
      await check(keyed)
      await check({ ...keyed, groupBy: ['END_USER', 'MODEL'], interval: null })
      await check({ ...keyed, groupByTag: 'feature' })
      expect(await compactUsage(suite.database(), at)).toBe(1)
      await check(keyed)
      await check({ ...keyed, groupByTag: 'feature', groupBy: ['MODEL'] })
    }
    expect(await rowsOf('RECENT', createdAt)).toBeGreaterThan(0)
  })

  it('is exact when rows by hour are forgotten', async () => {
    const first = calls.reduce((least, { createdAt }) => Math.min(least, createdAt), NOW)
    expect(await rowsOf('RECENT', first)).toBeGreaterThan(0)
    await writing([sample(projectId, 600)])
    await compactUsage(suite.database(), NOW + 20 * DAY)
    expect(await rowsOf('RECENT', first)).toBe(0)
    expect(await rowsOf('DAY', first)).toBeGreaterThan(0)
    await checkAll()
    for (const [, range] of ranges) {
      await check({ range, interval: 'DAY', groupBy: ['API_KEY', 'MODEL'], filter: NONE })
      await check({ range, interval: 'HOUR', groupBy: ['MODEL'], filter: NONE, groupByTag: 'feature' })
    }
  })

  it('is summed up by one of many that try at once', async () => {
    await writing([sample(projectId, 401), sample(projectId, 402)])
    const days = await Promise.all([1, 2, 3].map(() => compactUsage(suite.database(), NOW + DAY)))
    expect(Math.max(...days)).toBeGreaterThan(0)
    await compactUsage(suite.database(), NOW + DAY)
    await checkAll()
  })

  it('has quantiles within two per cent of the exact ones', async () => {
    const { total } = await usage({ range: { from: START, to: NOW }, interval: null, groupBy: [], filter: NONE })
    const exact = calls
      .filter(({ status }) => status === 'SUCCEEDED')
      .map(({ latency }) => latency.totalMs)
      .sort((a, b) => a - b)
    for (const q of [0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 1]) {
      const value = exact[Math.floor(q * (exact.length - 1))] ?? 0
      expect(Math.abs((quantileOf(total.latency, q) ?? 0) / value - 1)).toBeLessThan(0.02)
    }
  })
})

describeDatabases('usage by more values than a report names', (suite) => {
  const projectId = newId()
  const range = { from: START, to: START + 3 * DAY }
  const users = 780
  /** More than some rollups name, and fewer than others do. */
  const CUSTOMERS = 61
  const calls = Array.from({ length: users * 2 }, (_, at) =>
    settledCall({
      id: newCallId(clockAt(START + ((at * 7_919_000) % (2 * DAY)))),
      projectId,
      endUser: at % 5 === 0 ? null : `user-${at % users}`,
      model: `m${at % 2}`,
      tags: [
        { key: 'request', value: `r${at}` },
        { key: 'customer', value: `c${at % CUSTOMERS}` },
        ...(at % 3 ? [{ key: 'env', value: at % 7 ? 'prod' : 'test' }] : []),
      ],
      cost: {
        priced: true,
        parts: { input: BigInt(1 + (at % users)), cachedInput: 0n, cacheWrite: 0n, output: 0n },
        wasted: 0n,
        saved: 0n,
      },
      plan: null,
    }),
  )
  const usage = (query: Partial<UsageQuery>) =>
    ledgerReader(suite.database()).usage(projectId, { range, interval: null, groupBy: [], filter: NONE, ...query })
  const whole = summaryOf(calls)

  beforeAll(async () => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(calls.map(writer.settle))
    await writer.close()
  })

  const both = [
    ['from calls', async () => {}],
    ['from rollups', async () => void (await compactUsage(suite.database(), START + 5 * DAY))],
  ] as const

  it.each(both)('names the end users that cost most and adds the others up, %s', async (_, prepare) => {
    await prepare()
    for (const query of [
      {},
      { interval: 'DAY' },
      { groupBy: ['END_USER', 'MODEL'] },
      { filter: { ...NONE, model: ['m1'] } },
    ] as const) {
      const report = await usage({ groupBy: ['END_USER'], ...query })
      const counted = calls.filter((call) => !('filter' in query) || call.model === 'm1')
      expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(counted))
      expect(report.folded).toBeGreaterThan(0)
      const names = new Set(report.rows.map(({ group }) => group[0]?.value ?? null))
      expect(report.rows.some(({ group }) => group[0]?.isOther)).toBe(true)
      expect(names.size).toBeLessThan(502)
      for (const row of report.rows) {
        const [user] = row.group
        if (user?.isOther || row.periodStart !== null || row.group.length > 1) continue
        expect(summaryOfRow(row)).toEqual(summaryOf(counted.filter(({ endUser }) => endUser === user?.value)))
      }
    }
  })

  it('adds up to the same over broken hours, whoever is named', async () => {
    for (const [from, to] of [
      [START + 5.5 * HOUR, START + 1.8 * DAY],
      [START + 1.3 * DAY + 17, START + 1.7 * DAY],
    ] as const) {
      const within = calls.filter(({ createdAt }) => createdAt >= from && createdAt < to)
      for (const query of [
        { groupBy: ['END_USER'] },
        { groupBy: ['MODEL', 'END_USER'], interval: 'DAY' },
        { groupBy: ['STATUS', 'END_USER'], interval: 'HOUR' },
        { groupBy: ['API_KEY'], groupByTag: 'request' },
      ] as const) {
        const report = await usage({ range: { from, to }, ...query })
        expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(within))
        expect(report.folded).toBeGreaterThan(0)
        const nobody = report.rows.filter(({ group }) => group.some((one) => isNobody(one)))
        const unnamed = 'groupByTag' in query ? [] : within.filter(({ endUser }) => endUser === null)
        expect(nobody.reduce((sum, { metrics }) => sum + metrics.calls, 0)).toBe(unnamed.length)
      }
    }
  })

  it.each(both)('names the values of a tag that cost most and adds the others up, %s', async (_, prepare) => {
    await prepare()
    for (const query of [{}, { interval: 'DAY' }, { groupBy: ['MODEL'] }] as const) {
      const report = await usage({ groupByTag: 'request', ...query })
      expect(summaryOfRow({ metrics: report.total })).toEqual(whole)
      expect(report.folded).toBeGreaterThan(0)
      expect(report.rows.length).toBeLessThan(450)
      const named = report.rows.filter(({ tag }) => tag?.value != null)
      expect(named.length).toBeGreaterThan(0)
      for (const row of named) expect(row.metrics.calls).toBe(1)
      expect(report.rows.some(({ tag }) => tag?.isOther)).toBe(true)
    }
  })

  it.each(both)('is exact filtered by one of the values that are not named, %s', async (_, prepare) => {
    await prepare()
    for (const at of [0, 1, users - 1, users]) {
      const report = await usage({
        filter: { ...NONE, tags: [{ key: 'request', value: `r${at}` }] },
        groupBy: ['MODEL'],
      })
      expect(report.total.calls).toBe(1)
    }
    const { total } = await usage({ filter: { ...NONE, endUser: 'user-1' } })
    expect(total.calls).toBe(calls.filter(({ endUser }) => endUser === 'user-1').length)
  })

  const env = { key: 'env', value: 'test' }
  const filtersByCustomer = Array.from({ length: CUSTOMERS }, (_, at) => ({ key: 'customer', value: `c${at}` }))
    .filter((_, at) => at % 4 === 0)
    .flatMap((customer) => [
      { ...NONE, tags: [customer] },
      { ...NONE, tags: [env, customer] },
    ])

  it.each(both)('is exact filtered by tags of which not all rollups name each value, %s', async (_, prepare) => {
    await prepare()
    for (const filter of filtersByCustomer) {
      for (const query of [{}, { groupBy: ['MODEL'] }, { groupByTag: 'env' }] as const) {
        const report = await usage({ filter, ...query })
        expect(found(report)).toEqual(expected(calls, { range, interval: null, groupBy: [], ...query, filter }))
      }
    }
  })

  it.each(both)('names the end users that cost most under a tag, %s', async (_, prepare) => {
    await prepare()
    for (const filter of filtersByCustomer) {
      const query: UsageQuery = { range, interval: null, groupBy: ['END_USER'], filter }
      const report = await usage(query)
      const all = expected(calls, query)
      const named = [...found({ ...report, rows: report.rows.filter(({ group }) => !group[0]?.isOther) })]
      expect(named.length).toBeGreaterThanOrEqual(Math.min(all.size, filter.tags.length > 1 ? 1 : 8))
      for (const [name, summary] of named) expect(summary).toEqual(all.get(name))
      expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(calls.filter((call) => holds(call, query))))
    }
  })

  it.each(both)('adds up to the same by tags and end users at once, %s', async (_, prepare) => {
    await prepare()
    for (const filter of [NONE, { ...NONE, tags: [{ key: 'env', value: 'prod' }] }]) {
      const within = calls.filter((call) => holds(call, { range, interval: null, groupBy: [], filter }))
      for (const query of [
        { groupByTag: 'customer' },
        { groupByTag: 'customer', groupBy: ['MODEL'] },
        { groupByTag: 'customer', groupBy: ['END_USER'] },
        { groupByTag: 'env', groupBy: ['END_USER'] },
        { groupByTag: 'request', groupBy: ['END_USER', 'MODEL'], interval: 'DAY' },
      ] as const) {
        const report = await usage({ filter, ...query })
        expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(within))
        expect(report.rows.every(({ metrics }) => metrics.calls > 0)).toBe(true)
        const without = report.rows.filter(({ tag }) => tag?.value === null && !tag.isOther)
        const lacking = within.filter((call) => tagOf(call, query.groupByTag) === null)
        expect(without.reduce((sum, { metrics }) => sum + metrics.calls, 0)).toBe(lacking.length)
        for (const row of report.rows) {
          const [user] = row.group
          if (query.groupByTag !== 'env' || user?.isOther || row.tag?.isOther) continue
          const mine = within.filter(
            (call) => call.endUser === user?.value && tagOf(call, 'env') === (row.tag?.value ?? null),
          )
          expect(summaryOfRow(row)).toEqual(summaryOf(mine))
        }
      }
    }
  })

  it('keeps the rollup of a tag that is an id small', async () => {
    const [row] = await suite.database().sql`
      select count(*)::int as n from usage_rollup
      where kind = 'tag:' || md5('request') and grain = 'DAY' and project_id = ${projectId}`
    expect(row?.n).toBe(2 * 201)
  })
})

describeDatabases('usage by keys of tags that are ids', (suite) => {
  const projectId = newId()
  const range = { from: START, to: START + 3 * DAY }
  const TEAM = { key: 'team', value: 'web' }
  // Some keys are common, most are there once.
  const calls = Array.from({ length: 240 }, (_, at) =>
    settledCall({
      id: newCallId(clockAt(START + ((at * 7_919_000) % (2 * DAY)))),
      projectId,
      endUser: `u${at % 3}`,
      model: `m${at % 2}`,
      tags: [TEAM, { key: `k${at % 11}`, value: `v${at % 2}` }, { key: `id${at}`, value: 'x' }],
      plan: null,
    }),
  )
  const rare = { key: 'id7', value: 'x' }
  const frequent = { key: 'k7', value: 'v1' }

  beforeAll(async () => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(calls.map(writer.settle))
    await writer.close()
    await compactUsage(suite.database(), START + 5 * DAY)
  })

  it.each<readonly [string, readonly { key: string; value: string }[], string | null]>([
    ['a common key', [TEAM], null],
    ['a rare key', [rare], null],
    ['a common key and a rare one', [TEAM, rare], null],
    ['two keys of which there are too many', [TEAM, frequent], null],
    ['a common key, grouped by a rare one', [TEAM], 'id7'],
    ['a rare key, grouped by a common one', [rare], 'team'],
    ['nothing, grouped by a rare key', [], 'id7'],
    ['nothing, grouped by one of the frequent ones', [], 'k3'],
  ])('is exact filtered by %s', async (_, tags, groupByTag) => {
    for (const groupBy of [[], ['MODEL'], ['END_USER']] as const) {
      const query: UsageQuery = { range, interval: 'DAY', groupBy, filter: { ...NONE, tags }, groupByTag }
      const report = await ledgerReader(suite.database()).usage(projectId, query)
      expect(summaryOfRow({ metrics: report.total })).toEqual(summaryOf(calls.filter((call) => holds(call, query))))
      const isFolded = report.rows.some(({ group }) => group.some(({ isOther }) => isOther))
      if (!isFolded) expect(found(report)).toEqual(expected(calls, query))
    }
  })

  it('keeps rollups small, and the ledger sound', async () => {
    const [row] = await suite.database().sql`
      select count(distinct kind) filter (where kind like 'tag:%')::int as one,
        count(distinct kind) filter (where kind like 'two_tags:%')::int as two
      from usage_rollup where grain = 'DAY' and project_id = ${projectId} and period = ${new Date(START).toISOString()}`
    expect(row).toEqual({ one: 32, two: 7 })
    await expectSoundLedger(suite.database(), ['ROLLUPS'])
  })
})
