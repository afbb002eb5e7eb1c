import { beforeEach, expect, it } from 'vitest'
import { createProject } from '../../../src/access/project.ts'
import type { SettledCall } from '../../../src/core/call.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Price } from '../../../src/core/price.ts'
import { setQuota } from '../../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { repriceLedger } from '../../../src/ledger/reprice/reprice-ledger.ts'
import type { PriceOf, RepriceScope } from '../../../src/ledger/reprice/reprice-query.ts'
import { compactUsage } from '../../../src/ledger/usage/compaction.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { expectSoundLedger } from '../../support/ledger-check.ts'
import { attempt, ended, JUNE, MAY, PRICE } from '../check/given-ledger.ts'
import { newId, openedCall, quiet } from '../sample-calls.ts'

/** Output costs a picodollar more a token than before; 60 tokens of each attempt. */
const DEARER: Price = { ...PRICE, version: 'list@2', units: { ...PRICE.units, output: PRICE.units.output + 1n } }
const always: PriceOf = () => DEARER
const failure = { message: 'no', kind: 'SERVER_ERROR', httpStatus: 500 } as const
/** What an attempt of the samples costs at the old price: 70, 40, 5, 5 and 60 tokens. */
const OLD = 70n * 250_000n + 40n * 25_000n + 5n * 300_000n + 5n * 500_000n + 60n * 2_000_000n

describeDatabases('repricing', (suite) => {
  let projectId: string
  const scope = (over: Partial<RepriceScope> = {}): RepriceScope => ({
    ...{ from: MAY - 1, to: Date.now() + 60_000, model: null, provider: null, projectId, which: 'all' },
    ...over,
  })
  const reprice = (priceOf: PriceOf = always, over: Partial<RepriceScope> = {}, mode: 'look' | 'change' = 'change') =>
    repriceLedger(suite.database(), { scope: scope(over), priceOf, clock: systemClock, mode })
  const audits = () =>
    suite.database().sql<{ changes: string }[]>`
      select changes::text as changes from audit where action = 'REPRICE_CALLS' and project_id = ${projectId}::uuid order by id`
  const costs = async () =>
    (
      await suite.database().sql<{ cost: string; wasted: string; priced: boolean }[]>`
        select cost_input + cost_cached_input + cost_cache_write + cost_output as cost, wasted, priced from call
        where project_id = ${projectId}::uuid and status <> 'RUNNING' order by id`
    ).map(({ cost, wasted, priced }) => [BigInt(cost), BigInt(wasted), priced])
  const used = async () => (await ledgerReader(suite.database()).quotas(projectId, null)).map((quota) => quota.used)

  /** Three calls: one at the old price in May, one with a failed attempt beside in June, one unpriced of today. */
  async function given(calls: readonly SettledCall[]): Promise<void> {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    for (const call of calls) {
      const admission = await writer.open(call, { USD: 10n ** 10n, TOKENS: 500n })
      await writer.settle({ ...call, reservations: admission.type === 'admitted' ? admission.reservations : [] })
    }
    await writer.open(openedCall({ projectId, leaseUntil: Date.now() + 600_000 }), { USD: 9n, TOKENS: 7n })
    await writer.close()
  }
  const begun = () => attempt({ outcome: 'TIMED_OUT', failure, firstTokenMs: 3 })
  const failed = (number: number) => attempt({ number, outcome: 'FAILED', failure, provider: 'groq' })
  const sample = () => [
    ended({ projectId, createdAt: MAY }, [attempt()]),
    ended({ projectId, createdAt: JUNE }, [begun(), failed(2), attempt({ number: 3 })], [1]),
    ended({ projectId }, [attempt({}, null)]),
  ]

  beforeEach(async () => {
    projectId = (await createProject(suite.database(), newId())).id
    await setQuota(suite.database(), {
      ...{ projectId, scope: { type: 'project' }, unit: 'USD', window: 'TOTAL', limit: 10n ** 15n, thresholds: [] },
    })
    await given(sample())
    await compactUsage(suite.database(), Date.now())
  })

  it('changes attempts, calls, rollups and quotas together, and writes down what it did', async () => {
    expect(await costs()).toEqual([
      [OLD, 0n, true],
      [3n * OLD, OLD, true],
      [0n, 0n, false],
    ])
    expect(await reprice()).toEqual({
      looked: 3,
      models: [
        { model: 'groq/gpt-5-mini', calls: 1, attempts: 1, before: OLD, after: OLD + 60n, unknown: 0 },
        { model: 'openai/gpt-5-mini', calls: 3, attempts: 4, before: 3n * OLD, after: 4n * (OLD + 60n), unknown: 0 },
      ],
    })
    const anew = OLD + 60n
    expect(await costs()).toEqual([
      [anew, 0n, true],
      [3n * anew, anew, true],
      [anew, 0n, true],
    ])
    expect(await used()).toEqual([5n * anew])
    const usage = await ledgerReader(suite.database()).usage(projectId, {
      ...{ range: { from: MAY - 86_400_000, to: Date.now() + 1 }, groupBy: [], groupByTag: null, interval: null },
      filter: { status: [], provider: [], model: [], tags: [], endUser: null },
    })
    expect(usage.total).toMatchObject({ cost: 5n * anew, wasted: anew, unpricedCalls: 0, calls: 3 })
    await expectSoundLedger(suite.database())
    await compactUsage(suite.database(), Date.now())
    await expectSoundLedger(suite.database())
    expect((await audits()).map(({ changes }) => JSON.parse(changes))).toEqual([
      [
        { path: 'groq/gpt-5-mini.costUsd', before: '0.0001425', after: '0.00014250006' },
        { path: 'openai/gpt-5-mini.costUsd', before: '0.0004275', after: '0.00057000024' },
      ],
    ])
  })

  it('writes down for each project what changed of its own, and nothing of others', async () => {
    const other = (await createProject(suite.database(), newId())).id
    const call = ended({ projectId: other }, [attempt()])
    await given([call])
    await reprice(always, { projectId: null })
    const rows = await suite.database().sql<{ changes: string; comment: string }[]>`
      select changes::text as changes, comment from audit
      where action = 'REPRICE_CALLS' and project_id = ${other}::uuid`
    expect(rows.map(({ changes, comment }) => [JSON.parse(changes), comment])).toEqual([
      [
        [{ path: 'openai/gpt-5-mini.costUsd', before: '0.0001425', after: '0.00014250006' }],
        `1 call(s) from ${call.id} to ${call.id}`,
      ],
    ])
    expect(await audits()).toHaveLength(1)
  })

  it('pins the new price', async () => {
    await reprice()
    const [row] = await suite.database().sql<{ id: string }[]>`
      select id from call where project_id = ${projectId}::uuid order by id limit 1`
    const attempts = await ledgerReader(suite.database()).attempts([row?.id ?? ''])
    expect(attempts.get(row?.id ?? '')?.[0]?.cost).toMatchObject({ priced: true, price: DEARER })
  })

  it('changes nothing the second time', async () => {
    await reprice()
    const before = await costs()
    expect((await reprice()).models).toEqual([])
    expect(await costs()).toEqual(before)
    expect(await audits()).toHaveLength(1)
  })

  it('changes nothing in a dry run, and says the same', async () => {
    const before = await costs()
    const dry = await reprice(always, {}, 'look')
    expect(await costs()).toEqual(before)
    expect(await audits()).toEqual([])
    expect(await reprice()).toEqual(dry)
  })

  it.each<[string, Partial<RepriceScope>, readonly string[], number]>([
    ['unpriced attempts only', { which: 'unpriced' }, ['openai/gpt-5-mini'], 1],
    ['one provider', { provider: 'groq' }, ['groq/gpt-5-mini'], 1],
    [
      'one model, by the name that answered',
      { model: 'gpt-5-mini-2025-08-07', provider: 'openai' },
      ['openai/gpt-5-mini'],
      4,
    ],
    ['a range', { from: JUNE, to: JUNE + 1 }, ['groq/gpt-5-mini', 'openai/gpt-5-mini'], 3],
    ['another project', { projectId: newId() }, [], 0],
    ['another model', { model: 'gpt-5' }, [], 0],
  ])('can be of %s', async (_, over, models, attempts) => {
    const done = await reprice(always, over)
    expect(done.models.map(({ model }) => model)).toEqual(models)
    expect(done.models.reduce((sum, each) => sum + each.attempts, 0)).toBe(attempts)
    await expectSoundLedger(suite.database())
  })

  it('leaves alone what has no known price, and counts it', async () => {
    const before = await costs()
    const done = await reprice(({ provider }) => (provider === 'groq' ? null : PRICE), { which: 'all' })
    expect(done.models).toEqual([
      { model: 'groq/gpt-5-mini', calls: 0, attempts: 0, before: 0n, after: 0n, unknown: 1 },
      { model: 'openai/gpt-5-mini', calls: 1, attempts: 1, before: 0n, after: OLD, unknown: 0 },
    ])
    expect((await costs()).slice(0, 2)).toEqual(before.slice(0, 2))
    await expectSoundLedger(suite.database())
  })

  it('asks for the price of the time, the answering model and the tier', async () => {
    const asked: Parameters<PriceOf>[0][] = []
    await reprice((given) => {
      asked.push(given)
      return PRICE
    })
    expect(asked).toHaveLength(5)
    expect(asked[0]).toMatchObject({
      ...{ provider: 'openai', model: 'gpt-5-mini', answeredModel: 'gpt-5-mini-2025-08-07', serviceTier: null },
      ...{ startedAt: 1_750_000_000_123, usage: { inputTokens: 120, cacheWriteHourTokens: 5 } },
    })
  })

  it('adds up while calls are settled beside it', async () => {
    const more = Array.from({ length: 60 }, () => ended({ projectId, createdAt: JUNE }, [attempt()]))
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    const settling = Promise.all(more.map((call) => writer.settle(call)))
    await Promise.all([reprice(), reprice(() => PRICE), expectSoundLedger(suite.database())])
    await settling
    await writer.close()
    await reprice()
    await expectSoundLedger(suite.database())
    expect(new Set((await costs()).map(([cost]) => cost))).toEqual(new Set([OLD + 60n, 3n * (OLD + 60n)]))
  })
})
