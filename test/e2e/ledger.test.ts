import { beforeAll, describe, expect, it } from 'vitest'
import { describeDatabases } from '../support/database.ts'
import type { Call, Metrics, UsageReport } from './answers.ts'
import { type Client, eventually } from './client.ts'
import { houseOf, leapingClock, newTag } from './harness.ts'
import { picodollars, sumOf } from './money.ts'
import { present } from './present.ts'
import { MODELS, priced, together } from './settings.ts'

const HOUR_MS = 3_600_000

const TAG = newTag()
const BREAKING = `openai/gpt-5-mini+cut+tag=${TAG}`
const STALLING = `openai/gpt-5-mini+stall+tag=${TAG}`
const config = () => ({ models: together([priced(BREAKING), priced(STALLING)]) })

describeDatabases('the ledger', (suite) => {
  const clock = leapingClock()
  const house = houseOf(suite, { config, clock })
  let client: Client
  let calls: readonly Call[]

  beforeAll(async () => {
    client = await house().client()
    for (const [index, endUser] of ['ada', 'bob', null].entries()) {
      const who = { endUser, tags: [{ key: 'team', value: index % 2 === 0 ? 'web' : 'app' }] }
      await someCalls(client, who)
      clock.leap(index === 0 ? HOUR_MS : 25 * HOUR_MS)
    }
    await eventually(async () => ((await everyCall(client)).some(({ status }) => status === 'RUNNING') ? null : true))
    calls = await everyCall(client)
  })

  it('has every call once, newest first, whatever the size of a page', async () => {
    expect(calls).toHaveLength(24)
    expect(calls.map(({ createdAt }) => createdAt)).toEqual(
      [...calls.map(({ createdAt }) => createdAt)].sort().reverse(),
    )
    for (const first of [1, 5, 24, 200]) {
      expect((await everyCall(client, first)).map(({ id }) => id)).toEqual(calls.map(({ id }) => id))
    }
    const { pageInfo, edges } = await client.calls({ first: 5 })
    expect(pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: edges[0]?.cursor,
      endCursor: edges[4]?.cursor,
    })
    expect((await client.calls({ first: 5, after: pageInfo.endCursor })).pageInfo.hasPreviousPage).toBe(true)
  })

  it('keeps its pages while new calls come', async () => {
    const other = await house().client()
    const input = { model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' }
    for (let made = 0; made < 6; made += 1) await other.answer(input)
    const before = (await everyCall(other)).map(({ id }) => id)
    const page = await other.calls({ first: 3 })
    await other.answer(input)
    const next = await other.calls({ first: 3, after: page.pageInfo.endCursor })
    expect([...page.edges, ...next.edges].map(({ node }) => node.id)).toEqual(before)
  })

  it.each<[string, Readonly<Record<string, unknown>>, (call: Call) => boolean]>([
    ['status', { status: ['FAILED', 'REFUSED'] }, ({ status }) => status === 'FAILED' || status === 'REFUSED'],
    ['provider', { provider: ['google'] }, ({ provider }) => provider === 'google'],
    ['model', { model: ['claude-haiku-4-5'] }, ({ model }) => model === 'claude-haiku-4-5'],
    ['tags', { tags: [{ key: 'team', value: 'app' }] }, ({ tags }) => tags[0]?.value === 'app'],
    [
      'no such tags',
      {
        tags: [
          { key: 'team', value: 'app' },
          { key: 'team', value: 'web' },
        ],
      },
      () => false,
    ],
    ['end user', { endUser: 'ada' }, ({ endUser }) => endUser === 'ada'],
    [
      'both',
      { endUser: 'bob', status: ['SUCCEEDED'] },
      ({ endUser, status }) => endUser === 'bob' && status === 'SUCCEEDED',
    ],
  ])('is filtered by %s, in pages and in sums', async (_what, filter, holds) => {
    const expected = calls.filter(holds)
    expect((await everyCall(client, 2, filter)).map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    expectSum((await client.usage({ range: around(calls), filter })).total, expected)
  })

  it('is filtered by time, from inclusive, to exclusive', async () => {
    const [to, from] = [present(calls[4]), present(calls[15])]
    const range = { from: from.createdAt, to: to.createdAt }
    const expected = calls.filter(({ createdAt }) => createdAt >= range.from && createdAt < range.to)
    expect((await everyCall(client, 3, { range })).map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    expectSum((await client.usage({ range })).total, expected)
  })

  describe('adds up', () => {
    it.each<[string, (call: Call) => string | null]>([
      ['PROVIDER', ({ provider }) => provider],
      ['MODEL', ({ model }) => model],
      ['REQUESTED_MODEL', ({ requestedModel }) => requestedModel],
      ['STATUS', ({ status }) => status],
      ['END_USER', ({ endUser }) => endUser],
    ])('by %s', async (dimension, groupOf) => {
      const report = await client.usage({ range: around(calls), groupBy: [dimension] })
      expectRows(report, calls, (call) => [groupOf(call)])
      expect(report.rows[0]?.group[0]?.dimension).toBe(dimension)
    })

    it.each(['PROJECT', 'API_KEY'])('by %s, of which there is one', async (dimension) => {
      const report = await client.usage({ range: around(calls), groupBy: [dimension] })
      expect(report.rows).toHaveLength(1)
      expect(report.rows[0]?.group[0]?.value).toMatch(/\w/)
      expectSum(present(report.rows[0]).metrics, calls)
    })

    it('by two dimensions at once', async () => {
      const report = await client.usage({ range: around(calls), groupBy: ['PROVIDER', 'STATUS'] })
      expectRows(report, calls, ({ provider, status }) => [provider, status])
    })

    it.each([
      ['HOUR', 13],
      ['DAY', 10],
      ['MONTH', 7],
    ])('by %s', async (interval, digits) => {
      const report = await client.usage({ range: around(calls), interval })
      const byPeriod = Map.groupBy(calls, ({ createdAt }) => createdAt.slice(0, digits))
      expect(report.rows.map(({ periodStart }) => periodStart?.slice(0, digits))).toEqual([...byPeriod.keys()].sort())
      for (const { periodStart, metrics } of report.rows) {
        expect(Date.parse(present(periodStart)) % HOUR_MS).toBe(0)
        expectSum(metrics, present(byPeriod.get(present(periodStart).slice(0, digits))))
      }
    })

    it('in whole, and to nothing elsewhere', async () => {
      expectSum((await client.usage({ range: around(calls) })).total, calls)
      const { total, rows } = await client.usage({
        range: { from: '2020-01-01T00:00:00Z', to: '2021-01-01T00:00:00Z' },
      })
      expectSum(total, [])
      expect(rows.every(({ metrics }) => metrics.calls === 0)).toBe(true)
      expect(total.p50).toBeNull()
    })

    it('with quantiles within 2 %', async () => {
      const { total } = await client.usage({ range: around(calls) })
      const latencies = calls
        .filter(({ status }) => status === 'SUCCEEDED')
        .map(({ latency }) => present(latency).totalMs)
        .sort((a, b) => a - b)
      const median = present(latencies[Math.floor(0.5 * (latencies.length - 1))])
      const above = present(latencies[Math.ceil(0.5 * (latencies.length - 1))])
      expect(total.p50).toBeGreaterThan(median * 0.98)
      expect(total.p50).toBeLessThan(above * 1.02)
    })
  })

  it('shows nothing to other projects', async () => {
    const stranger = await house().client()
    expect((await stranger.calls()).edges).toEqual([])
    expectSum((await stranger.usage({ range: around(calls), groupBy: ['END_USER'] })).total, [])
    expect(await stranger.call(present(calls[0]).id)).toBeNull()
  })

  it.each([
    ['a page of nothing', '{ calls(first: 0) { edges { cursor } } }'],
    ['a page that is too large', '{ calls(first: 1000) { edges { cursor } } }'],
    ['a cursor that is none', '{ calls(after: "nonsense") { edges { cursor } } }'],
    [
      'a range that ends before it begins',
      '{ usage(range: { from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }) { total { calls } } }',
    ],
    [
      'a time without a zone',
      '{ usage(range: { from: "2026-01-02T00:00:00", to: "2026-01-03T00:00:00Z" }) { total { calls } } }',
    ],
    [
      'a quantile above one',
      '{ usage(range: { from: "2026-01-02T00:00:00Z", to: "2026-01-03T00:00:00Z" }) { total { latencyMs(quantile: 2) } } }',
    ],
  ])('says what is wrong with %s', async (_what, query) => {
    const { errors } = await client.post(query)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).not.toMatch(/Reference:/)
  })
})

describeDatabases('what is there', (suite) => {
  const house = houseOf(suite, { config })

  it('is told: viewer, quotas, routes, providers, models', async () => {
    const client = await house().client({ project: 'acme', scopes: ['complete', 'read'] })
    await client.answer({ model: `openai/gpt-5-mini+tag=${newTag()}`, prompt: 'Hi' })
    const { data, errors } = await client.post<Facts>(`{
      viewer { project scopes quotas { id } }
      quotas { id unit window limit used reserved resetsAt }
      routes { name strategy targets }
      providers { name circuit errorRate firstTokenMs(quantile: 0.5) }
      models { id provider contextWindow maxOutputTokens inputUsdPerMillion outputUsdPerMillion }
    }`)
    expect(errors).toEqual([])
    const facts = present(data)
    expect(facts.viewer).toEqual({ project: 'acme', scopes: ['complete', 'read'], quotas: [] })
    expect(facts.routes).toMatchObject([
      { name: 'chat', strategy: 'priority' },
      { name: 'auto', strategy: 'complexity' },
    ])
    expect(facts.providers.map(({ name }) => name)).toEqual(Object.keys(MODELS))
    expect(facts.providers[0]).toMatchObject({ circuit: 'CLOSED', errorRate: 0, firstTokenMs: expect.any(Number) })
    expect(facts.models.find(({ id }) => id === 'openai/gpt-5-mini')).toMatchObject({ inputUsdPerMillion: '0.25' })
    expect(facts.models.find(({ id }) => id === BREAKING)).toMatchObject({ outputUsdPerMillion: '0.6' })
  })
})

interface Facts {
  readonly viewer: unknown
  readonly routes: readonly unknown[]
  readonly providers: readonly { readonly name: string }[]
  readonly models: readonly { readonly id: string }[]
}

/** Eight calls of every kind of end. */
async function someCalls(client: Client, who: Readonly<Record<string, unknown>>): Promise<void> {
  const asked = { ...who, prompt: 'Why is the sky blue?' }
  for (const model of [MODELS.openai, MODELS.anthropic, `${MODELS.google}`, `openai/unheard-of+tag=${TAG}`]) {
    await client.answer({ ...asked, model })
  }
  await client.answer({ ...asked, model: BREAKING, routing: { fallbacks: [MODELS.anthropic] } })
  await client.refusal({ ...asked, model: BREAKING })
  await client.refusal({ ...asked, model: 'no-such-route' })
  const stream = await client.stream({ ...asked, model: STALLING })
  const { callId } = await stream.until('TextDelta')
  stream.leave()
  await client.ended(callId)
}

async function everyCall(client: Client, first = 100, filter: unknown = null): Promise<readonly Call[]> {
  const found: Call[] = []
  let after: string | null = null
  do {
    const page = await client.calls({ first, after, filter })
    expect(page.edges.length).toBeLessThanOrEqual(first)
    found.push(...page.edges.map(({ node }) => node))
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
  return found
}

/** From before the first to behind the last call, not on whole hours. */
function around(calls: readonly Call[]) {
  const times = calls.map(({ createdAt }) => Date.parse(createdAt))
  const at = (ms: number) => new Date(ms).toISOString()
  return { from: at(Math.min(...times) - 1), to: at(Math.max(...times) + 1) }
}

function expectRows(report: UsageReport, calls: readonly Call[], groupOf: (call: Call) => readonly (string | null)[]) {
  const groups = Map.groupBy(calls, (call) => JSON.stringify(groupOf(call)))
  const rows = new Map(report.rows.map((row) => [JSON.stringify(row.group.map(({ value }) => value)), row.metrics]))
  expect([...rows.keys()].sort()).toEqual([...groups.keys()].sort())
  for (const [group, members] of groups) expectSum(present(rows.get(group)), members)
  expectSum(report.total, calls)
}

function expectSum(metrics: Metrics, calls: readonly Call[]) {
  const count = (status: string) => calls.filter((call) => call.status === status).length
  const tokens = (name: 'inputTokens' | 'cachedInputTokens' | 'outputTokens' | 'reasoningTokens') =>
    calls.reduce((sum, { usage }) => sum + usage[name], 0)
  const usd = (name: 'totalUsd' | 'wastedUsd' | 'savedUsd') => sumOf(calls.map(({ cost }) => cost[name] ?? '0'))
  const { p50: _p50, p99: _p99, first50: _first50, costUsd, wastedUsd, savedUsd, ...counts } = metrics
  expect(counts).toEqual({
    calls: calls.length,
    succeeded: count('SUCCEEDED'),
    failed: count('FAILED'),
    cancelled: count('CANCELLED'),
    refused: count('REFUSED'),
    attempts: calls.reduce((sum, { attempts }) => sum + attempts.length, 0),
    cacheHits: 0,
    inputTokens: tokens('inputTokens'),
    cachedInputTokens: tokens('cachedInputTokens'),
    outputTokens: tokens('outputTokens'),
    reasoningTokens: tokens('reasoningTokens'),
    unpricedCalls: calls.filter(({ cost }) => !cost.priced).length,
  })
  expect([costUsd, wastedUsd, savedUsd].map(picodollars)).toEqual([usd('totalUsd'), usd('wastedUsd'), usd('savedUsd')])
}
