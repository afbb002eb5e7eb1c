import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { formatUsd } from '../../src/core/money.ts'
import { openDatabase } from '../../src/database/database.ts'
import { describeDatabases } from '../support/database.ts'
import type { Client } from './client.ts'
import { houseOf, openReplica } from './harness.ts'
import { picodollars } from './money.ts'
import { priced, priority, route, together } from './settings.ts'

const CHEAP = 'openai/cheap-one'
const DEAR = 'anthropic/dear-one'
const config = () => ({
  models: together([
    priced(CHEAP),
    priced(DEAR, { price: { inputPerMillion: '3', cachedInputPerMillion: '0.3', outputPerMillion: '15' } }),
  ]),
  routes: together([
    priority('shop', [CHEAP]),
    priority('past', [CHEAP, DEAR]),
    priority('house', ['shop']),
    route('smart', { strategy: 'complexity', tiers: { simple: [CHEAP], complex: [DEAR] } }),
  ]),
})

const PUBLISH = `
mutation ($input: PublishRouteInput!) {
  publishRoute(input: $input) {
    __typename
    ... on RouteVersion { name version inForce config comment publishedAt publishedBy }
    ... on InvalidRouteError { message issues { path message } }
  }
}`
const ROLLBACK = `
mutation ($name: String!, $version: Int!) {
  rollbackRoute(name: $name, version: $version) { __typename ... on RouteVersion { version inForce publishedAt } }
}`
const VERSIONS = '{ routeVersions(name: "shop") { version inForce comment } }'
const AUDIT = `{
  auditLog(subject: "route/shop", first: 1) {
    edges { node { action apiKey { prefix } comment changes { path before after } } } pageInfo { hasNextPage }
  }
}`
const PLAN = 'query ($id: ID!) { call(id: $id) { plan { versions { route version } } } }'
const REPLAY = `
query ($route: String!, $range: TimeRangeInput!, $version: Int, $config: JSON, $sample: Int) {
  replayRoute(route: $route, range: $range, version: $version, config: $config, sample: $sample) {
    __typename
    ... on RouteReplay {
      calls sampled replayed moved refused unpriced costBeforeUsd wastedBeforeUsd costAfterUsd assumptions
      models { provider model callsBefore callsAfter costBeforeUsd costAfterUsd } notReplayed { reason calls }
    }
    ... on InvalidRouteError { issues { path message } }
    ... on NotFoundError { message }
  }
}`
const range = () => ({ from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 60_000) })

async function ask<Data>(client: Client, query: string, variables?: unknown): Promise<Data> {
  const { data, errors } = await client.post<Data>(query, variables)
  expect(errors).toEqual([])
  if (data === null) throw new Error('No data')
  return data
}

async function versionsUsed(client: Client, id: string) {
  const { call } = await ask<{ call: { plan: { versions: unknown } } }>(client, PLAN, { id })
  return call.plan.versions
}

describeDatabases('routes at run time', (suite) => {
  const furniture = { config }
  const house = houseOf(suite, furniture)
  const closing: (() => Promise<void>)[] = []
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  it('are published, used by calls, seen by another replica within a second, and rolled back', async () => {
    const admin = await house().client({ scopes: ['admin'] })
    const client = await house().client()
    const database = await openDatabase(suite.settings())
    const replica = await openReplica(database, house().simulator, furniture)
    closing.push(() => database.close(), replica.close)
    const elsewhere = await replica.client()

    const before = await client.answer({ model: 'house', prompt: 'Hi' })
    expect(before.provider).toBe('openai')
    expect(await versionsUsed(client, before.callId)).toEqual([
      { route: 'house', version: 0 },
      { route: 'shop', version: 0 },
    ])

    const route = { strategy: 'priority', models: [DEAR] }
    const input = { name: 'shop', config: route, comment: 'try the dear one', basedOn: 0 }
    const { publishRoute } = await ask<{ publishRoute: unknown }>(admin, PUBLISH, { input })
    const since = performance.now()
    expect(publishRoute).toMatchObject({ version: 1, inForce: true, config: route, comment: 'try the dear one' })
    const after = await client.answer({ model: 'house', prompt: 'Hi' })
    expect(after.provider).toBe('anthropic')
    expect(await versionsUsed(client, after.callId)).toEqual([
      { route: 'house', version: 0 },
      { route: 'shop', version: 1 },
    ])
    for (;;) {
      const { candidates } = await elsewhere.explain({ model: 'shop', prompt: 'Hi' })
      if (candidates[0]?.provider === 'anthropic') break
      expect(performance.now() - since).toBeLessThan(1_000)
      await delay(20)
    }
    expect(await ask(client, '{ routes { name version } }')).toMatchObject({
      routes: expect.arrayContaining([
        { name: 'shop', version: 1 },
        { name: 'house', version: 0 },
      ]),
    })

    const { rollbackRoute } = await ask<{ rollbackRoute: unknown }>(admin, ROLLBACK, { name: 'shop', version: 0 })
    expect(rollbackRoute).toEqual({ __typename: 'RouteVersion', version: 0, inForce: true, publishedAt: null })
    expect((await client.answer({ model: 'shop', prompt: 'Hi' })).provider).toBe('openai')
    expect(await ask(admin, VERSIONS)).toEqual({
      routeVersions: [
        { version: 1, inForce: false, comment: 'try the dear one' },
        { version: 0, inForce: true, comment: null },
      ],
    })
    expect(await ask(admin, AUDIT)).toEqual({
      auditLog: {
        edges: [
          {
            node: {
              action: 'ROLLBACK_ROUTE',
              apiKey: { prefix: expect.stringMatching(/^sy_/) },
              comment: null,
              changes: [
                { path: 'version', before: 1, after: 0 },
                { path: 'policy.models.0', before: DEAR, after: CHEAP },
              ],
            },
          },
        ],
        pageInfo: { hasNextPage: true },
      },
    })
  })

  it('are refused with paths, and to all who do not administer', async () => {
    const admin = await house().client({ scopes: ['admin'] })
    const input = { name: 'shop', config: { strategy: 'priority', models: ['nobody/x'], timeouts: { idleMs: 'no' } } }
    const { publishRoute } = await ask<{ publishRoute: { issues: { path: string[] }[] } }>(admin, PUBLISH, { input })
    expect(publishRoute.issues.map(({ path }) => path)).toEqual([['config', 'timeouts', 'idleMs']])
    const client = await house().client()
    for (const query of [VERSIONS, AUDIT]) {
      expect((await client.post(query)).errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', scope: 'admin' })
    }
    for (const [query, variables] of [
      [PUBLISH, { input }],
      [ROLLBACK, { name: 'shop', version: 0 }],
    ] as const) {
      expect((await client.post(query, variables)).errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' })
    }
  })

  it('are replayed: the cost under another policy is what counting by hand gives', async () => {
    const client = await house().client()
    const answers = []
    for (const prompt of ['Hi', 'Say something longer about rivers', 'And once more']) {
      answers.push(await client.answer({ model: 'past', prompt, endUser: 'eve' }))
    }
    const replay = async (under: object) =>
      (await ask<{ replayRoute: Replay }>(client, REPLAY, { route: 'past', range: range(), ...under })).replayRoute
    const costBefore = answers.reduce((sum, { cost }) => sum + picodollars(cost.totalUsd ?? ''), 0n)
    const costAfter = answers.reduce((sum, { usage }) => {
      const plain = BigInt(usage.inputTokens - usage.cachedInputTokens) * 3_000_000n
      return sum + plain + BigInt(usage.cachedInputTokens) * 300_000n + BigInt(usage.outputTokens) * 15_000_000n
    }, 0n)
    const same = await replay({})
    expect(same).toMatchObject({ calls: 3, sampled: 3, replayed: 3, moved: 0, refused: 0, unpriced: 0 })
    expect([same.costBeforeUsd, same.costAfterUsd]).toEqual([formatUsd(costBefore), formatUsd(costBefore)])

    const dear = await replay({ config: { strategy: 'priority', models: [DEAR, CHEAP] } })
    expect(dear).toMatchObject({
      replayed: 3,
      moved: 3,
      costBeforeUsd: formatUsd(costBefore),
      costAfterUsd: formatUsd(costAfter),
      models: [
        { provider: 'anthropic', callsBefore: 0, callsAfter: 3, costAfterUsd: formatUsd(costAfter) },
        { provider: 'openai', callsBefore: 3, callsAfter: 0, costBeforeUsd: formatUsd(costBefore), costAfterUsd: '0' },
      ],
    })
    expect(await replay({ config: { strategy: 'cheapest', models: [DEAR, CHEAP] } })).toMatchObject({ moved: 0 })
    expect(await replay({ config: { strategy: 'priority', models: ['openai/unheard-of'] } })).toMatchObject({
      moved: 3,
      unpriced: 3,
      costAfterUsd: '0',
    })
    const byRule = { name: 'eve', when: { endUser: 'eve' }, models: [DEAR] }
    expect(await replay({ config: { strategy: 'rules', rules: [byRule] } })).toMatchObject({ moved: 3 })
    const forOthers = { ...byRule, when: { endUser: 'adam' } }
    expect(await replay({ config: { strategy: 'rules', rules: [forOthers] } })).toMatchObject({ refused: 3 })
    const tiers = { simple: [CHEAP], complex: [DEAR] }
    expect(await replay({ config: { strategy: 'complexity', tiers } })).toMatchObject({
      replayed: 0,
      notReplayed: [{ calls: 3, reason: expect.stringContaining('complexity was not assessed') }],
    })
    expect(await replay({ sample: 2 })).toMatchObject({ calls: 3, sampled: 2 })
    expect(await replay({ version: 7 })).toMatchObject({ __typename: 'NotFoundError' })
    expect(await replay({ config: { strategy: 'priority', models: [] } })).toMatchObject({
      __typename: 'InvalidRouteError',
      issues: [{ path: ['config', 'models'] }],
    })
    const stranger = await house().client()
    const { replayRoute } = await ask<{ replayRoute: Replay }>(stranger, REPLAY, { route: 'past', range: range() })
    expect(replayRoute).toMatchObject({ calls: 0, sampled: 0, costBeforeUsd: '0' })
  })

  it('are replayed by the complexity that was assessed when the call was made', async () => {
    const client = await house().client()
    await client.answer({ model: 'smart', prompt: 'Hi' })
    const hard = 'Prove by induction that the sum of the first n cubes is the square of the n-th triangular number.'
    await client.answer({ model: 'smart', prompt: hard })
    const tiers = { simple: ['google/other'], complex: [DEAR] }
    const variables = { route: 'smart', range: range(), config: { strategy: 'complexity', tiers } }
    const { replayRoute } = await ask<{ replayRoute: Replay }>(client, REPLAY, variables)
    expect(replayRoute).toMatchObject({ replayed: 2, moved: 1, notReplayed: [] })
    expect(replayRoute.models.map(({ provider, callsAfter }) => [provider, callsAfter])).toEqual([
      ['anthropic', 1],
      ['google', 1],
      ['openai', 0],
    ])
  })
})

interface Replay {
  readonly costBeforeUsd: string
  readonly costAfterUsd: string
  readonly models: readonly { readonly provider: string; readonly callsAfter: number }[]
}
