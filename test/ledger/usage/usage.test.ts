import { beforeAll, expect, it } from 'vitest'
import { createKey } from '../../../src/access/api-keys.ts'
import { createProject } from '../../../src/access/project.ts'
import type { SettledCall } from '../../../src/core/call.ts'
import { newCallId } from '../../../src/core/call-id.ts'
import type { CallFilter } from '../../../src/core/call-list.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { totalOf } from '../../../src/core/cost.ts'
import { addTo, bucketOf, quantileOf } from '../../../src/core/sketch.ts'
import {
  USAGE_DIMENSIONS,
  USAGE_INTERVALS,
  type UsageDimension,
  type UsageInterval,
  type UsageMetrics,
  type UsageQuery,
  type UsageRow,
} from '../../../src/core/usage-report.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { clockAt, newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const HOUR = 3_600_000
const START = Date.UTC(2030, 0, 30, 20)
const NONE: Omit<CallFilter, 'range'> = { status: [], provider: [], model: [], tags: [], endUser: null }

/** A small generator with a seed, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const random = randomOf(7)
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T
const money = () => BigInt(Math.floor(random() * 1e12))

describeDatabases('usage', (suite) => {
  let projectName: string
  let projectId: string
  let calls: SettledCall[]
  const prefixes = new Map<string, string>()
  const reader = () => ledgerReader(suite.database())

  function sample(apiKeys: readonly string[]): SettledCall {
    const at = START + Math.floor(random() * 80 * HOUR)
    const priced = random() > 0.1
    const parts = priced
      ? { input: money(), cachedInput: money(), cacheWrite: money(), output: money() }
      : { input: 0n, cachedInput: 0n, cacheWrite: 0n, output: 0n }
    const tokens = () => Math.floor(random() * 1000)
    const status = pick(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED'] as const)
    return settledCall({
      id: newCallId(clockAt(at)),
      projectId,
      apiKeyId: pick(apiKeys),
      requestedModel: pick(['chat', 'openai/gpt-5-mini', 'x'.repeat(5000)]),
      status,
      provider: pick(['openai', 'groq', null]),
      model: pick(['a', 'b', null]),
      endUser: pick(['u1', 'u2', '', null]),
      tags: pick([
        [],
        [{ key: 'team', value: 'web' }],
        [
          { key: 'team', value: 'web' },
          { key: 'job', value: 'x' },
        ],
      ]),
      usage: {
        inputTokens: tokens(),
        cachedInputTokens: tokens(),
        cacheWriteTokens: tokens(),
        cacheWriteHourTokens: tokens(),
        outputTokens: tokens(),
        reasoningTokens: tokens(),
        estimated: false,
      },
      cost: { priced, parts, wasted: money(), saved: money() },
      latency: { totalMs: random() * 5000, firstTokenMs: pick([null, random() * 900]), overheadMs: 1 },
      attempts: random() > 0.5 ? settledCall().attempts : [],
      cacheStatus: pick(['HIT', 'MISS', 'BYPASS']),
      plan: null,
    })
  }

  beforeAll(async () => {
    projectName = newId()
    projectId = (await createProject(suite.database(), projectName)).id
    const keys = await Promise.all(
      [1, 2].map(() => createKey(suite.database(), { project: projectName, scopes: ['read'] })),
    )
    for (const { key } of keys) prefixes.set(key.id, key.prefix)
    const gone = newId()
    prefixes.set(gone, gone)
    calls = Array.from({ length: 300 }, () => sample([...prefixes.keys()]))
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await writer.open(openedCall({ projectId, id: newCallId(clockAt(START + HOUR)) }), { USD: null, TOKENS: null })
    await writer.settle(settledCall({ projectId: newId(), id: newCallId(clockAt(START + HOUR)) }))
    await Promise.all(calls.map(writer.settle))
    await writer.close()
  })

  const VALUES: Record<UsageDimension, (call: SettledCall) => string | null> = {
    PROVIDER: (call) => call.provider,
    MODEL: (call) => call.model,
    REQUESTED_MODEL: (call) => call.requestedModel,
    STATUS: (call) => call.status,
    PROJECT: () => projectName,
    API_KEY: (call) => prefixes.get(call.apiKeyId) ?? null,
    END_USER: (call) => call.endUser,
  }

  function holds(call: SettledCall, { range, filter }: UsageQuery): boolean {
    const any = (values: readonly string[], value: string | null) =>
      values.length === 0 || values.includes(value ?? '\0')
    return (
      call.createdAt >= range.from &&
      call.createdAt < range.to &&
      any(filter.status, call.status) &&
      any(filter.provider, call.provider) &&
      any(filter.model, call.model) &&
      (filter.endUser === null || filter.endUser === call.endUser) &&
      filter.tags.every((tag) => call.tags.some(({ key, value }) => key === tag.key && value === tag.value))
    )
  }

  function periodOf(at: number, interval: UsageInterval | null): number | null {
    const date = new Date(at)
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    if (interval === 'HOUR') return Math.floor(at / HOUR) * HOUR
    if (interval === 'DAY') return Date.UTC(year, month, day)
    return interval === 'MONTH' ? Date.UTC(year, month) : null
  }

  /** The same by brute force, from the calls. */
  function computed(query: UsageQuery): Map<string, UsageMetrics> {
    const groups = Map.groupBy(
      calls.filter((call) => holds(call, query)),
      (call) =>
        nameOf(
          periodOf(call.createdAt, query.interval),
          query.groupBy.map((dimension) => VALUES[dimension](call)),
        ),
    )
    return new Map([...groups].map(([name, members]) => [name, metricsOf(members)]))
  }

  const nameOf = (period: number | null, values: readonly (string | null)[]) => JSON.stringify([period, values])
  const nameOfRow = (row: UsageRow) =>
    nameOf(
      row.periodStart,
      row.group.map(({ value }) => value),
    )

  async function check(query: UsageQuery): Promise<void> {
    const report = await reader().usage(projectId, query)
    const want = computed(query)
    const names = report.rows.map(nameOfRow)
    expect(new Set(names).size).toBe(names.length)
    expect(new Map(report.rows.map((row) => [nameOfRow(row), row.metrics]))).toEqual(want)
    expect(report.total).toEqual(metricsOf(calls.filter((call) => holds(call, query))))
    const sorted = report.rows.toSorted(
      (a, b) =>
        (a.periodStart ?? 0) - (b.periodStart ?? 0) ||
        (a.metrics.cost < b.metrics.cost ? 1 : a.metrics.cost > b.metrics.cost ? -1 : 0),
    )
    expect(report.rows.map(({ periodStart, metrics }) => [periodStart, metrics.cost])).toEqual(
      sorted.map(({ periodStart, metrics }) => [periodStart, metrics.cost]),
    )
    for (const row of report.rows) expect(row.group.map(({ dimension }) => dimension)).toEqual(query.groupBy)
  }

  const whole = { from: START, to: START + 80 * HOUR }
  const ranges: [string, UsageQuery['range']][] = [
    ['whole hours', whole],
    ['broken hours', { from: START + 1_234_567, to: START + 55 * HOUR + 7_654_321 }],
    ['a broken start', { from: START + 5 * HOUR + 1, to: START + 30 * HOUR }],
    ['a broken end', { from: START + 5 * HOUR, to: START + 30 * HOUR - 1 }],
    ['a part of one hour', { from: START + 10 * HOUR + 600_000, to: START + 10 * HOUR + 3_000_000 }],
    ['parts of two hours', { from: START + 10 * HOUR + 600_000, to: START + 11 * HOUR + 3_000_000 }],
    ['nothing', { from: START + 7, to: START + 7 }],
    ['a range the wrong way round', { from: START + 9 * HOUR, to: START + 2 * HOUR }],
  ]

  it.each(ranges)('is exact over %s, in every interval', async (_, range) => {
    for (const interval of [null, ...USAGE_INTERVALS]) {
      await check({ range, interval, groupBy: [], filter: NONE })
      await check({ range, interval, groupBy: ['PROVIDER', 'STATUS'], filter: NONE })
      await check({ range, interval, groupBy: ['END_USER'], filter: NONE })
    }
  })

  it.each(USAGE_DIMENSIONS)('is exact by %s', async (dimension) => {
    await check({ range: ranges[1]?.[1] ?? whole, interval: null, groupBy: [dimension], filter: NONE })
    await check({ range: whole, interval: 'DAY', groupBy: ['MODEL', dimension], filter: NONE })
  })

  it('is exact by all dimensions at once', async () => {
    await check({ range: whole, interval: 'DAY', groupBy: [...USAGE_DIMENSIONS], filter: NONE })
  })

  it.each<[string, Partial<Omit<CallFilter, 'range'>>]>([
    ['status', { status: ['SUCCEEDED', 'FAILED'] }],
    ['provider', { provider: ['openai'] }],
    ['model', { model: ['a', 'b'] }],
    ['end user', { endUser: 'u1' }],
    ['an empty end user', { endUser: '' }],
    ['a tag', { tags: [{ key: 'team', value: 'web' }] }],
    [
      'two tags',
      {
        tags: [
          { key: 'job', value: 'x' },
          { key: 'team', value: 'web' },
        ],
      },
    ],
    [
      'everything',
      {
        status: ['SUCCEEDED'],
        provider: ['openai', 'groq'],
        model: ['a'],
        endUser: 'u2',
        tags: [{ key: 'team', value: 'web' }],
      },
    ],
  ])('is exact filtered by %s', async (_, filter) => {
    for (const [, range] of ranges.slice(0, 2)) {
      await check({ range, interval: null, groupBy: ['REQUESTED_MODEL'], filter: { ...NONE, ...filter } })
    }
  })

  it('has quantiles within two per cent', async () => {
    const { total } = await reader().usage(projectId, { range: whole, interval: null, groupBy: [], filter: NONE })
    const exact = calls
      .filter(({ status }) => status === 'SUCCEEDED')
      .map(({ latency }) => latency.totalMs)
      .sort((a, b) => a - b)
    for (const q of [0.5, 0.95, 0.99]) {
      const value = exact[Math.floor(q * (exact.length - 1))] ?? 0
      expect(Math.abs((quantileOf(total.latency, q) ?? 0) / value - 1)).toBeLessThan(0.02)
    }
  })
})

function metricsOf(calls: readonly SettledCall[]): UsageMetrics {
  const count = (of: (call: SettledCall) => boolean) => calls.filter(of).length
  const sum = (of: (call: SettledCall) => number) => calls.reduce((total, call) => total + of(call), 0)
  const sumMoney = (of: (call: SettledCall) => bigint) => calls.reduce((total, call) => total + of(call), 0n)
  const sketch = (of: (call: SettledCall) => number | null) => {
    const counts = new Map<number, number>()
    for (const call of calls) {
      const ms = of(call)
      if (call.status === 'SUCCEEDED' && ms !== null) addTo(counts, bucketOf(ms), 1)
    }
    return counts
  }
  return {
    calls: calls.length,
    succeeded: count(({ status }) => status === 'SUCCEEDED'),
    failed: count(({ status }) => status === 'FAILED'),
    cancelled: count(({ status }) => status === 'CANCELLED'),
    refused: count(({ status }) => status === 'REFUSED'),
    attempts: sum(({ attempts }) => attempts.length),
    cacheHits: count(({ cacheStatus }) => cacheStatus === 'HIT'),
    inputTokens: sum(({ usage }) => usage.inputTokens),
    cachedInputTokens: sum(({ usage }) => usage.cachedInputTokens),
    outputTokens: sum(({ usage }) => usage.outputTokens),
    reasoningTokens: sum(({ usage }) => usage.reasoningTokens),
    cost: sumMoney(({ cost }) => totalOf(cost.parts)),
    wasted: sumMoney(({ cost }) => cost.wasted),
    saved: sumMoney(({ cost }) => cost.saved),
    unpricedCalls: count(({ cost }) => !cost.priced),
    latency: sketch(({ latency }) => latency.totalMs),
    firstToken: sketch(({ latency }) => latency.firstTokenMs),
  }
}
