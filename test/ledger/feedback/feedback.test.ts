import { expect, it } from 'vitest'
import type { SettledCall } from '../../../src/core/call.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { quantileOf } from '../../../src/core/sketch.ts'
import { experimentReport } from '../../../src/ledger/feedback/experiment-report.ts'
import { feedback } from '../../../src/ledger/feedback/feedback.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { newId, quiet, settledCall } from '../sample-calls.ts'

const RANGE = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000 }
const KEY = newId()
const OTHER_KEY = newId()

function callOf(projectId: string, variant: string, cost: bigint, over: Partial<SettledCall> = {}): SettledCall {
  const call = settledCall({ projectId })
  const { plan } = call
  if (plan === null) throw new Error('The sample has a plan')
  const parts = { input: cost, cachedInput: 0n, cacheWrite: 0n, output: 0n }
  return settledCall({
    ...call,
    plan: { ...plan, variants: [{ experiment: 'greeting', variant, by: 'endUser' }] },
    cost: { ...call.cost, parts },
    ...over,
  })
}

describeDatabases('feedback', (suite) => {
  async function settle(calls: readonly SettledCall[]): Promise<void> {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(calls.map((call) => writer.settle(call)))
    await writer.close()
  }

  const kept = () => feedback(suite.database())

  it('keeps one score for each call, metric and key, and shows it with the call', async () => {
    const project = newId()
    const call = callOf(project, 'a', 1n)
    await settle([call])
    const rating = { callId: call.id, metric: 'helpful', score: 1, comment: 'quick', apiKeyId: KEY }
    expect(await kept().rate(project, rating)).toMatchObject(rating)
    expect(await kept().rate(project, { ...rating, score: 0, comment: null })).toMatchObject({ score: 0 })
    await kept().rate(project, { ...rating, metric: 'tone', score: 4.5, comment: null })
    await kept().rate(project, { ...rating, score: 0.5, comment: 'nul \0 byte', apiKeyId: OTHER_KEY })
    const ratings = (await kept().ratings([call.id])).get(call.id)
    const told = ratings?.map(({ metric, score, comment, apiKeyId }) => [metric, score, comment, apiKeyId])
    expect(told).toHaveLength(3)
    expect(told).toEqual(
      expect.arrayContaining([
        ['helpful', 0, null, KEY],
        ['tone', 4.5, null, KEY],
        ['helpful', 0.5, 'nul \uFFFD byte', OTHER_KEY],
      ]),
    )
  })

  it("is refused for another project's call and for one that is not there", async () => {
    const project = newId()
    const call = callOf(project, 'a', 1n)
    await settle([call])
    const rating = { callId: call.id, metric: 'helpful', score: 1, comment: null, apiKeyId: KEY }
    expect(await kept().rate(newId(), rating)).toBeNull()
    expect(await kept().rate(project, { ...rating, callId: newId() })).toBeNull()
    expect(await kept().rate(project, { ...rating, callId: '00000000-0000-4000-8000-000000000000' })).toBeNull()
    expect((await kept().ratings([call.id])).get(call.id)).toEqual([])
  })

  it("adds up an experiment's variants, by hand the same", async () => {
    const project = newId()
    const latency = (totalMs: number) => ({ totalMs, firstTokenMs: totalMs / 4, overheadMs: 1 })
    const failed = { status: 'FAILED', error: { type: 'AllAttemptsFailedError', message: 'down' } } as const
    const a = [
      callOf(project, 'a', 10n, { latency: latency(100) }),
      callOf(project, 'a', 14n, { latency: latency(200) }),
      callOf(project, 'a', 99n, { cost: { ...settledCall().cost, priced: false }, latency: latency(300) }),
      callOf(project, 'a', 12n, failed),
      callOf(project, 'a', 0n, { status: 'CANCELLED' }),
    ]
    const b = [callOf(project, 'b', 20n), callOf(project, 'b', 22n)]
    const strangers = [callOf(newId(), 'a', 1n), settledCall({ projectId: project, plan: null })]
    await settle([...a, ...b, ...strangers])
    const rate = (call: SettledCall | undefined, score: number, apiKeyId = KEY, metric = 'helpful') =>
      kept().rate(project, { callId: call?.id ?? '', metric, score, comment: null, apiKeyId })
    await rate(a[0], 1)
    await rate(a[0], 3, OTHER_KEY)
    await rate(a[1], 5)
    await rate(b[0], 4)

    const variants = await kept().variants({ projectId: project, experiment: 'greeting', range: RANGE })
    const unpriced = settledCall().cost.parts
    const unpricedCost = unpriced.input + unpriced.cachedInput + unpriced.cacheWrite + unpriced.output
    expect(variants).toMatchObject([
      {
        variant: 'a',
        calls: 5,
        succeeded: 3,
        failed: 1,
        cancelled: 1,
        cost: 36n + unpricedCost,
        unpricedCalls: 1,
        costPerCall: { count: 4, mean: 9, variance: (1 + 25 + 9 + 81) / 3 },
        latency: { count: 3, mean: 200, variance: 10_000 },
        scores: new Map([['helpful', { count: 2, mean: 3.5, variance: 4.5 }]]),
      },
      { variant: 'b', calls: 2, succeeded: 2, costPerCall: { count: 2, mean: 21, variance: 2 } },
    ])
    expect(quantileOf(variants[0]?.latencySketch ?? new Map(), 0.5)).toBeCloseTo(200, -1)
    expect(quantileOf(variants[0]?.firstTokenSketch ?? new Map(), 1)).toBeCloseTo(75, -1)

    const { baseline, comparisons, variants: reports } = experimentReport(variants, 'gone')
    expect(baseline).toBe('a')
    expect(reports[0]?.successRate?.share).toBe(0.75)
    expect(comparisons.map(({ variant, measure, metric }) => [variant, measure, metric])).toEqual([
      ['b', 'SUCCESS_RATE', null],
      ['b', 'COST_PER_CALL', null],
      ['b', 'LATENCY', null],
      ['b', 'SCORE', 'helpful'],
    ])
    const [success, cost, , score] = comparisons.map(({ result }) => result)
    expect([success, score]).toEqual([null, null])
    expect(cost?.estimate).toBe(12)
    expect(cost?.adjustedPValue).toBeGreaterThanOrEqual(cost?.pValue ?? 1)
  })

  it('knows nothing of an experiment that nobody took part in', async () => {
    const variants = await kept().variants({ projectId: newId(), experiment: 'greeting', range: RANGE })
    expect(experimentReport(variants, null)).toEqual({ baseline: null, variants: [], comparisons: [] })
  })

  it('draws calls to replay by chance, the same each time, and only those of the project that were answered', async () => {
    const project = newId()
    const calls = Array.from({ length: 12 }, (_, n) => callOf(project, 'a', BigInt(n), { requestedModel: 'shop' }))
    const failed = callOf(project, 'a', 5n, { requestedModel: 'shop', status: 'FAILED' })
    const stranger = callOf(newId(), 'a', 5n, { requestedModel: 'shop' })
    await settle([...calls, failed, stranger, callOf(project, 'a', 5n)])
    const reader = ledgerReader(suite.database())
    const query = { requestedModel: 'shop', range: RANGE, sample: 5 }
    const sample = await reader.replayable(project, query)
    expect(sample.total).toBe(12)
    expect(sample.calls).toHaveLength(5)
    expect(await reader.replayable(project, query)).toEqual(sample)
    const ids = calls.map(({ id }) => id)
    expect(sample.calls.every(({ id }) => ids.includes(id))).toBe(true)
    const [first] = sample.calls
    const original = calls.find(({ id }) => id === first?.id)
    expect(first).toEqual({
      id: original?.id,
      createdAt: original?.createdAt,
      provider: original?.provider,
      model: original?.model,
      endUser: original?.endUser,
      tags: original?.tags,
      usage: original?.usage,
      cost: original?.cost.parts.input,
      wasted: original?.cost.wasted,
      signals: original?.plan?.signals,
      request: original?.plan?.request,
    })
  })
})
