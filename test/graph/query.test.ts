import { describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { callerWithScopes, callId, createHouse } from './house.ts'

describe('who asks', () => {
  it('needs a key for every query but introspection', async () => {
    for (const query of [
      'viewer { project }',
      'calls { edges { cursor } }',
      'models { id }',
      'routes { name }',
      'providers { name }',
      'quotas { id }',
    ]) {
      const { errors } = await ask(`{ ${query} }`, { caller: null })
      expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' })
      expect(errors?.[0]?.message).toContain('Authorization: Bearer sy_')
    }
    expect(await ask('{ __typename __schema { queryType { name } } }', { caller: null })).toEqual({
      data: { __typename: 'Query', __schema: { queryType: { name: 'Query' } } },
    })
  })

  it('needs the scope `read` for the ledger and `complete` for routing', async () => {
    const range = 'range: { from: "2025-01-01T00:00:00Z", to: "2025-02-01T00:00:00Z" }'
    for (const query of [
      'calls { edges { cursor } }',
      `call(id: "${callId(1)}") { id }`,
      `usage(${range}) { total { calls } }`,
      'quotas { id }',
    ]) {
      const { errors } = await ask(`{ ${query} }`, { caller: callerWithScopes('complete') })
      expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'read' })
    }
    const { errors } = await ask('{ explainRoute(input: { model: "chat", prompt: "Hi" }) { route } }', {
      caller: callerWithScopes('read'),
    })
    expect(errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN', scope: 'complete' })
  })

  it('tells any key what it may do', async () => {
    const { data } = await ask('{ viewer { project scopes quotas { id unit window limit used reserved resetsAt } } }', {
      caller: callerWithScopes('complete'),
    })
    expect(data?.viewer).toEqual({
      project: 'web',
      scopes: ['complete'],
      quotas: [
        {
          id: 'q1',
          unit: 'USD',
          window: 'MONTH',
          limit: '10',
          used: '1.5',
          reserved: '0',
          resetsAt: '2025-02-01T00:00:00.000Z',
        },
        {
          id: 'q2',
          unit: 'TOKENS',
          window: 'TOTAL',
          limit: '9007199254740993',
          used: '12',
          reserved: '3',
          resetsAt: null,
        },
      ],
    })
  })
})

describe('explainRoute', () => {
  it('says who was considered, and why', async () => {
    const { data } = await ask(`{ explainRoute(input: { model: "chat", prompt: "Hi" }) {
      route strategy candidates { provider model reason eligible estimatedCostUsd } signals { name value } } }`)
    expect(data?.explainRoute).toEqual({
      route: 'chat',
      strategy: 'priority',
      candidates: [
        {
          provider: 'simulator',
          model: 'small',
          reason: 'First in line.',
          eligible: true,
          estimatedCostUsd: '0.00001875',
        },
        { provider: 'simulator', model: 'odd', reason: 'No tools.', eligible: false, estimatedCostUsd: null },
      ],
      signals: [{ name: 'tools', value: '1' }],
    })
  })

  it('says what is wrong with the input', async () => {
    const { errors } = await ask('{ explainRoute(input: { model: "wrong" }) { route } }')
    expect(errors?.[0]).toMatchObject({
      message: 'The input is invalid. topP: Must be at most 1.',
      extensions: { code: 'BAD_USER_INPUT', issues: [{ path: ['topP'], message: 'Must be at most 1.' }] },
    })
  })
})

describe('call and calls', () => {
  it('shows a call with exact money and times, or null', async () => {
    const { data } = await ask(`{
      one: call(id: "${callId(1)}") { ...Whole } unpriced: call(id: "${callId(2)}") { cost { priced totalUsd inputUsd wastedUsd savedUsd } }
      unknown: call(id: "${callId(999)}") { id } nonsense: call(id: "nonsense") { id }
    }
    fragment Whole on Call {
      id status createdAt finishedAt error tags { key value } cacheStatus plan { route } usage { inputTokens cacheWriteHourTokens estimated }
      cost { priced totalUsd inputUsd cachedInputUsd cacheWriteUsd outputUsd wastedUsd savedUsd } latency { totalMs overheadMs }
      attempts { number outcome error errorKind httpStatus startedAt costUsd usage { outputTokens } key answeredModel }
    }`)
    expect(data).toEqual({
      one: {
        id: callId(1),
        status: 'SUCCEEDED',
        createdAt: '2025-01-01T00:00:00.001Z',
        finishedAt: '2025-01-01T00:00:00.021Z',
        error: null,
        tags: [{ key: 'team', value: 'blue' }],
        cacheStatus: 'MISS',
        plan: { route: 'chat' },
        usage: { inputTokens: 100, cacheWriteHourTokens: 0, estimated: false },
        cost: {
          priced: true,
          totalUsd: '0.00001875',
          inputUsd: '0.000009',
          cachedInputUsd: '0.00000075',
          cacheWriteUsd: '0',
          outputUsd: '0.000009',
          wastedUsd: '0',
          savedUsd: '0',
        },
        latency: { totalMs: 20.25, overheadMs: 1.5 },
        attempts: [
          {
            number: 1,
            outcome: 'FAILED',
            error: 'The model is overloaded.',
            errorKind: 'OVERLOADED',
            httpStatus: 529,
            startedAt: '2025-01-01T00:00:00.000Z',
            costUsd: null,
            usage: null,
            key: 'SIMULATOR_KEY',
            answeredModel: 'small-2025',
          },
          {
            number: 2,
            outcome: 'SUCCEEDED',
            error: null,
            errorKind: null,
            httpStatus: null,
            startedAt: '2025-01-01T00:00:00.000Z',
            costUsd: '0.00001875',
            usage: { outputTokens: 10 },
            key: 'SIMULATOR_KEY',
            answeredModel: 'small-2025',
          },
        ],
      },
      unpriced: { cost: { priced: false, totalUsd: null, inputUsd: null, wastedUsd: null, savedUsd: null } },
      unknown: null,
      nonsense: null,
    })
  })

  it('asks for the attempts of a whole page at once', async () => {
    const house = createHouse()
    const { data } = await ask('{ calls(first: 50) { edges { node { attempts { number } } } } }', { house })
    expect(JSON.stringify(data).match(/attempts/g)).toHaveLength(50)
    expect(house.asked.calls).toHaveLength(1)
    expect(house.asked.attempts.map((ids) => ids.length)).toEqual([50])
  })

  it('pages with opaque cursors', async () => {
    const house = createHouse()
    const page = 'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
    const { data } = await ask(`{ calls(first: 2) { ${page} } }`, { house })
    const calls = data?.calls as { edges: { cursor: string }[]; pageInfo: Record<string, unknown> }
    expect(calls.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: calls.edges[0]?.cursor,
      endCursor: calls.edges[1]?.cursor,
    })
    const next = await ask(`{ calls(after: "${calls.pageInfo.endCursor}") { pageInfo { hasPreviousPage } } }`, {
      house,
    })
    expect(next.data).toEqual({ calls: { pageInfo: { hasPreviousPage: true } } })
    expect(house.asked.calls[1]).toMatchObject({
      first: 25,
      after: { id: callId(98), createdAt: Date.UTC(2025, 0, 1) + 98 },
    })
  })

  it('hands the filter on, with nothing where nothing was given', async () => {
    const house = createHouse()
    const filter = `{ range: { from: "2025-01-01T00:00:00+02:00", to: "2025-01-02T00:00:00Z" }, status: [FAILED, CANCELLED],
      tags: [{ key: "team", value: "blue" }], endUser: "u1", model: null }`
    await ask(`{ calls(filter: ${filter}) { edges { cursor } } }`, { house })
    await ask('{ calls(filter: null) { edges { cursor } } }', { house })
    expect(house.asked.calls.map((asked) => asked.filter)).toEqual([
      {
        range: { from: Date.UTC(2024, 11, 31, 22), to: Date.UTC(2025, 0, 2) },
        status: ['FAILED', 'CANCELLED'],
        provider: [],
        model: [],
        tags: [{ key: 'team', value: 'blue' }],
        endUser: 'u1',
      },
      { range: null, status: [], provider: [], model: [], tags: [], endUser: null },
    ])
  })

  it.each([
    ['calls(first: 0)', 'first'],
    ['calls(first: 201)', 'first'],
    ['calls(first: -5)', 'first'],
    ['calls(after: "nonsense")', 'after'],
    ['calls(after: "")', 'after'],
    [`calls(after: "${Buffer.from('1 x').toString('base64url')}")`, 'after'],
    ['calls(filter: { range: { from: "2025-01-02T00:00:00Z", to: "2025-01-01T00:00:00Z" } })', 'filter.range'],
  ])('refuses %s', async (field, argument) => {
    const { errors } = await ask(`{ ${field} { edges { cursor } } }`)
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument })
    expect(errors?.[0]?.message).toContain(`${argument}: `)
  })
})

describe('usage', () => {
  const range = 'range: { from: "2025-01-01T00:00:00Z", to: "2025-02-01T00:00:00Z" }'

  it('shows totals and rows, with quantiles', async () => {
    const house = createHouse()
    const { data } = await ask(
      `{ usage(${range}, groupBy: [MODEL, MODEL, END_USER], interval: DAY, filter: { provider: ["simulator"] }) {
        total { calls costUsd wastedUsd savedUsd unpricedCalls p0: latencyMs(quantile: 0) p100: latencyMs(quantile: 1) firstTokenMs(quantile: 0.5) }
        rows { periodStart group { dimension value } metrics { inputTokens } } } }`,
      { house },
    )
    expect(data?.usage).toEqual({
      total: {
        calls: 9_007_199_254_740_991,
        costUsd: '0.00001875',
        wastedUsd: '0.000000000001',
        savedUsd: '0',
        unpricedCalls: 1,
        p0: expect.closeTo(100, -0.5),
        p100: expect.closeTo(300, -1),
        firstTokenMs: null,
      },
      rows: [
        {
          periodStart: '2025-01-01T00:00:00.000Z',
          group: [
            { dimension: 'MODEL', value: null },
            { dimension: 'END_USER', value: null },
          ],
          metrics: { inputTokens: 300 },
        },
      ],
    })
    expect(house.asked.usage).toEqual([
      {
        range: { from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 1, 1) },
        groupBy: ['MODEL', 'END_USER'],
        interval: 'DAY',
        filter: { status: [], provider: ['simulator'], model: [], tags: [], endUser: null },
        groupByTag: null,
        quantiles: 'wanted',
      },
    ])
  })

  it('groups by a tag, and says what stands for others and how much that is', async () => {
    const house = createHouse()
    const { data } = await ask(
      `{ usage(${range}, groupBy: [END_USER], groupByTag: "feature") {
        folded rows { group { value isOther } tag { value isOther } } } }`,
      { house },
    )
    expect(data?.usage).toEqual({
      folded: 3,
      rows: [{ group: [{ value: null, isOther: false }], tag: { value: 'chat', isOther: false } }],
    })
    expect(house.asked.usage).toEqual([expect.objectContaining({ groupByTag: 'feature' })])
  })

  it.each([
    ['{ total { calls } }', 'unwanted'],
    ['{ rows { metrics { costUsd } } }', 'unwanted'],
    ['{ total { latencyMs(quantile: 0.5) } }', 'wanted'],
    ['{ rows { metrics { ...Speed } } }', 'wanted'],
    ['{ ... on UsageReport { rows { metrics { firstTokenMs(quantile: 0.5) } } } }', 'wanted'],
  ])('reads the sketches where %s asks for a quantile: %s', async (selected, quantiles) => {
    const house = createHouse()
    const fragment = 'fragment Speed on UsageMetrics { calls firstTokenMs(quantile: 1) }'
    await ask(`{ usage(${range}) ${selected} } ${selected.includes('Speed') ? fragment : ''}`, { house })
    expect(house.asked.usage).toEqual([expect.objectContaining({ quantiles })])
  })

  it('says which range only calls that are gone could answer', async () => {
    const { errors } = await ask(`{ usage(${range}, groupByTag: "gone") { total { calls } } }`)
    expect(errors?.[0]?.message).toContain('2024-01-01T00:00:00.000Z')
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'range' })
  })

  it('refuses an empty range and a quantile that is none', async () => {
    const empty = await ask(
      '{ usage(range: { from: "2025-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z" }) { total { calls } } }',
    )
    expect(empty.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', argument: 'range' })
    const quantile = await ask(
      `{ usage(${range}) { total { latencyMs(quantile: 95) } } providers { firstTokenMs(quantile: -0.1) } }`,
    )
    expect(quantile.errors?.map((error) => error.extensions)).toEqual([
      { code: 'BAD_USER_INPUT', argument: 'quantile' },
      { code: 'BAD_USER_INPUT', argument: 'quantile' },
    ])
  })
})

describe('what there is', () => {
  it('lists models, routes and providers', async () => {
    const { data } = await ask(`{
      models { id provider contextWindow maxOutputTokens inputUsdPerMillion outputUsdPerMillion }
      routes { name strategy targets } providers { name circuit errorRate firstTokenMs(quantile: 0.5) } quotas { id } }`)
    expect(data).toMatchObject({
      models: [
        {
          id: 'simulator/small',
          provider: 'simulator',
          contextWindow: 128_000,
          maxOutputTokens: 4_096,
          inputUsdPerMillion: '0.15',
          outputUsdPerMillion: '0.6',
        },
        { id: 'simulator/odd', contextWindow: null, inputUsdPerMillion: null, outputUsdPerMillion: null },
      ],
      routes: [
        { name: 'chat', strategy: 'priority', targets: ['simulator/small', 'simulator/large'] },
        { name: 'mix', strategy: 'weighted', targets: ['simulator/small'] },
        { name: 'auto', strategy: 'complexity', targets: ['simulator/small', 'simulator/large'] },
      ],
      providers: [{ name: 'simulator', circuit: 'HALF_OPEN', errorRate: 0.25, firstTokenMs: expect.closeTo(20, 0) }],
      quotas: [{ id: 'q1' }, { id: 'q2' }],
    })
  })
})
