import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CallFilter } from '../../src/core/call-list.ts'
import { systemClock } from '../../src/core/clock.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../src/ledger/writer.ts'
import { describeDatabases } from '../support/database.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import { newId, openedCall, PROJECT, quiet, sampleAttempt, settledCall } from './sample-calls.ts'

const NO_BOUND = { USD: null, TOKENS: null }
const ALL: CallFilter = { range: null, status: [], provider: [], model: [], tags: [], endUser: null }

describeDatabases('ledger writer', (suite) => {
  let writer: ClosableLedgerWriter
  beforeAll(() => {
    writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
  })
  afterAll(() => writer.close())
  const reader = () => ledgerReader(suite.database())
  const wholeDay = () => ({ from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 })
  const totals = async (projectId: string) =>
    (await reader().usage(projectId, { range: wholeDay(), groupBy: [], interval: null, filter: ALL })).total

  it('writes a call that comes back as it was, to the last picodollar', async () => {
    const call = settledCall({
      tags: [{ key: 'team', value: 'web' }],
      endUser: 'u "1" \\ {x}',
      attempts: [
        sampleAttempt({
          number: 1,
          outcome: 'FAILED',
          usage: null,
          cost: { priced: false },
          failure: { message: 'over, "busy"', kind: 'OVERLOADED', httpStatus: 529 },
        }),
        sampleAttempt({ number: 2 }),
      ],
    })
    expect(await writer.open(call, NO_BOUND)).toEqual({ type: 'admitted', reservations: [] })
    await writer.settle(call)
    const found = await reader().call(PROJECT, call.id)
    expect(found).toMatchObject({
      id: call.id,
      status: 'SUCCEEDED',
      createdAt: call.createdAt,
      finishedAt: call.finishedAt,
      requestedModel: 'chat',
      provider: 'openai',
      model: 'gpt-5-mini',
      error: null,
      usage: call.usage,
      cost: call.cost,
      latency: call.latency,
      tags: call.tags,
      endUser: call.endUser,
      cacheStatus: 'MISS',
      plan: call.plan,
      lastSeq: 12,
    })
    expect((await reader().attempts([call.id])).get(call.id)).toEqual(call.attempts)
    expect(await reader().call(newId(), call.id)).toBeNull()
    expect(await reader().call(PROJECT, newId())).toBeNull()
    expect(await reader().call(PROJECT, 'nonsense')).toBeNull()
  })

  it('counts a call once, however often and in whatever order it is written', async () => {
    const projectId = newId()
    const call = settledCall({ projectId })
    await writer.settle(call)
    await writer.open(call, NO_BOUND)
    await writer.flush()
    await writer.settle(call)
    await Promise.all([writer.settle(call), writer.settle(call)])
    expect((await reader().call(projectId, call.id))?.status).toBe('SUCCEEDED')
    expect(await totals(projectId)).toMatchObject({ calls: 1, attempts: 1, cost: 138_500_001n, inputTokens: 120 })
  })

  it('has a RUNNING row soon after the opening', async () => {
    const call = openedCall({ projectId: newId() })
    await writer.open(call, NO_BOUND)
    await writer.flush()
    expect(await reader().call(call.projectId, call.id)).toMatchObject({
      status: 'RUNNING',
      finishedAt: null,
      latency: null,
    })
    expect((await totals(call.projectId)).calls).toBe(0)
  })

  it('keeps rollups equal to the sum over calls with several writers at once', async () => {
    const projectId = newId()
    const others = [1, 2, 3].map(() => ledgerWriter(suite.database(), { clock: systemClock, logger: quiet }))
    const writers = [writer, ...others]
    const calls = Array.from({ length: 400 }, (_, i) =>
      settledCall({
        projectId,
        endUser: `u${i % 7}`,
        model: `m${i % 3}`,
        status: i % 5 === 0 ? 'FAILED' : 'SUCCEEDED',
        latency: { totalMs: i + 0.5, firstTokenMs: i % 2 ? i : null, overheadMs: 0 },
      }),
    )
    await Promise.all(
      calls.flatMap((call, i) => {
        const one = writers[i % 4]
        const another = writers[(i + 1) % 4]
        return [one?.open(call, NO_BOUND), one?.settle(call), i % 3 === 0 ? another?.settle(call) : null]
      }),
    )
    await Promise.all(others.map((other) => other.close()))
    expect(await totals(projectId)).toMatchObject({ calls: 400, failed: 80, succeeded: 320, cost: 400n * 138_500_001n })
    const [row] = await suite
      .database()
      .sql.unsafe(
        `select sum(calls) as calls, sum(cost) as cost, sum(attempts) as attempts from usage_hourly where project_id = '${projectId}'`,
      )
    expect(row).toEqual({ calls: '400', cost: (400n * 138_500_001n).toString(), attempts: '400' })
    await expectSoundLedger(suite.database(), ['ROLLUPS'])
  })

  it('lets a call without a quota in without a round trip', async () => {
    const projectId = newId()
    // The first one looks the project's quotas up.
    await writer.open(openedCall({ projectId }), NO_BOUND)
    let isOpen = false
    void writer.open(openedCall({ projectId }), NO_BOUND).then(() => {
      isOpen = true
    })
    // What does not wait for anything from outside is done before the loop turns.
    await new Promise((resolve) => process.nextTick(resolve))
    expect(isOpen).toBe(true)
  })

  it('does not let a row that the database refuses hold up the others', async () => {
    const projectId = newId()
    const bad = settledCall({ projectId, usage: { ...settledCall().usage, inputTokens: 1e30 } })
    const good = Array.from({ length: 9 }, () => settledCall({ projectId }))
    const results = await Promise.allSettled(
      [...good.slice(0, 4), bad, ...good.slice(4)].map((call) => writer.settle(call)),
    )
    expect(results.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1)
    expect(await totals(projectId)).toMatchObject({ calls: 9 })
  })

  it('takes text that PostgreSQL has no room for', async () => {
    const call = settledCall({
      endUser: 'a\0b',
      tags: [{ key: 'k', value: 'x\0\ud800' }],
      error: { type: 'TimeoutError', message: 'a\0' },
    })
    await writer.settle(call)
    expect(await reader().call(PROJECT, call.id)).toMatchObject({
      endUser: 'a\ufffdb',
      tags: [{ key: 'k', value: 'x\ufffd\ufffd' }],
    })
  })

  describe('sweeping', () => {
    it('abandons calls whose lease ran out, once, and counts them', async () => {
      const projectId = newId()
      const call = openedCall({ projectId, leaseUntil: Date.now() - 1000 })
      const alive = openedCall({ projectId })
      await writer.open(call, NO_BOUND)
      await writer.open(alive, NO_BOUND)
      await writer.flush()
      const other = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
      const swept = await Promise.all([writer.sweep(Date.now()), other.sweep(Date.now())])
      await other.close()
      expect(swept[0] + swept[1]).toBeGreaterThanOrEqual(1)
      expect(await reader().call(projectId, call.id)).toMatchObject({ status: 'ABANDONED', cost: { priced: false } })
      expect((await reader().call(projectId, alive.id))?.status).toBe('RUNNING')
      expect(await totals(projectId)).toMatchObject({ calls: 1, failed: 1, unpricedCalls: 1 })
    })

    it('leaves a renewed call alone', async () => {
      const call = openedCall({ projectId: newId(), leaseUntil: Date.now() - 1000 })
      await writer.open(call, NO_BOUND)
      await writer.flush()
      await writer.renew([call.id], Date.now() + 60_000)
      await writer.sweep(Date.now())
      expect((await reader().call(call.projectId, call.id))?.status).toBe('RUNNING')
    })

    it('lets a call that was not dead after all take its place', async () => {
      const projectId = newId()
      const call = settledCall({ projectId, leaseUntil: Date.now() - 1000 })
      await writer.open(call, NO_BOUND)
      await writer.flush()
      await writer.sweep(Date.now())
      await writer.settle(call)
      await writer.settle(call)
      expect(await reader().call(projectId, call.id)).toMatchObject({ status: 'SUCCEEDED', cost: call.cost })
      expect(await totals(projectId)).toMatchObject({
        calls: 1,
        failed: 0,
        succeeded: 1,
        unpricedCalls: 0,
        cost: 138_500_001n,
      })
    })
  })
})
