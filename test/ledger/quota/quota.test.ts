import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createProject } from '../../../src/access/project.ts'
import type { SettledCall } from '../../../src/core/call.ts'
import { type Clock, systemClock } from '../../../src/core/clock.ts'
import type { Admission } from '../../../src/core/ledger.ts'
import type { QuotaScope, QuotaUnit, UsageBound } from '../../../src/core/quota.ts'
import { deleteQuota, setQuota } from '../../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { newId, openedCall, quiet, sampleAttempt, settledCall } from '../sample-calls.ts'

const bound = (USD: bigint | null, TOKENS: bigint | null = null): UsageBound => ({ USD, TOKENS })

describeDatabases('quotas', (suite) => {
  let writers: ClosableLedgerWriter[]
  let projectId: string
  const reader = () => ledgerReader(suite.database())
  const first = () => writer(0)
  const writer = (at: number): ClosableLedgerWriter => {
    const found = writers[at % writers.length]
    if (!found) throw new Error('no writer')
    return found
  }
  const set = (unit: QuotaUnit, limit: bigint, scope: QuotaScope = { type: 'project' }) =>
    setQuota(suite.database(), { projectId, scope, unit, window: 'DAY', limit })
  const states = async () =>
    (await reader().quotas(projectId, null)).map(({ unit, used, reserved }) => ({ unit, used, reserved }))
  const settled = (over: Partial<SettledCall>, admission: Admission) =>
    settledCall({ ...over, reservations: admission.type === 'admitted' ? admission.reservations : [] })

  beforeAll(() => {
    writers = [1, 2, 3, 4].map(() => ledgerWriter(suite.database(), { clock: systemClock, logger: quiet }))
  })
  afterAll(() => Promise.all(writers.map((each) => each.close())))
  beforeEach(async () => {
    projectId = (await createProject(suite.database(), newId())).id
  })

  it('are reserved before and settled after with what was used, of all attempts', async () => {
    await set('USD', 1_000_000_000n)
    await set('TOKENS', 1000n)
    await set('REQUESTS', 10n)
    await set('CONCURRENT_CALLS', 5n)
    const call = openedCall({ projectId })
    const admission = await first().open(call, bound(500_000_000n, 700n))
    expect(admission).toMatchObject({ type: 'admitted' })
    expect(await reader().call(projectId, call.id)).toMatchObject({ status: 'RUNNING' })
    expect(await states()).toEqual([
      { unit: 'USD', used: 0n, reserved: 500_000_000n },
      { unit: 'TOKENS', used: 0n, reserved: 700n },
      { unit: 'REQUESTS', used: 0n, reserved: 1n },
      { unit: 'CONCURRENT_CALLS', used: 0n, reserved: 1n },
    ])
    const attempts = [sampleAttempt({ number: 1, outcome: 'FAILED' }), sampleAttempt({ number: 2 })]
    const ended = settled({ ...call, attempts }, admission)
    await first().settle(ended)
    await first().settle(ended)
    expect(await states()).toEqual([
      { unit: 'USD', used: 138_500_001n, reserved: 0n },
      { unit: 'TOKENS', used: 360n, reserved: 0n },
      { unit: 'REQUESTS', used: 1n, reserved: 0n },
      { unit: 'CONCURRENT_CALLS', used: 0n, reserved: 0n },
    ])
  })

  it('are never overrun by many calls at once, and the refusal says which one refused', async () => {
    const limit = 1_000n
    const id = await set('USD', limit)
    await set('CONCURRENT_CALLS', 1_000_000n)
    const calls = Array.from({ length: 200 }, () => openedCall({ projectId }))
    const admissions = await Promise.all(calls.map((call, i) => writer(i).open(call, bound(30n))))
    const admitted = admissions.filter(({ type }) => type === 'admitted')
    expect(admitted).toHaveLength(33)
    const refused = admissions.find(({ type }) => type === 'refused')
    expect(refused).toMatchObject({
      quota: { id, unit: 'USD', window: 'DAY', limit, used: 0n, scope: { type: 'project' } },
    })
    if (refused?.type !== 'refused') throw new Error('none refused')
    expect(refused.quota.reserved).toBeGreaterThan(970n)
    expect(new Date(refused.quota.resetsAt ?? 0).toISOString()).toMatch(/T00:00:00.000Z$/)
    const cost = {
      priced: true,
      parts: { input: 7n, cachedInput: 0n, cacheWrite: 0n, output: 0n },
      wasted: 0n,
      saved: 0n,
    }
    await Promise.all(
      admissions.flatMap((admission, i) => {
        const call = calls[i]
        return call && admission.type === 'admitted'
          ? [writer(i + 1).settle(settled({ ...call, cost }, admission))]
          : []
      }),
    )
    expect((await states())[0]).toEqual({ unit: 'USD', used: 33n * 7n, reserved: 0n })
  })

  it('hold all the while that calls come and go on several writers', async () => {
    await set('CONCURRENT_CALLS', 5n)
    let most = 0n
    let sampling = true
    const sampled = (async () => {
      while (sampling) {
        const [state] = await states()
        if (state && state.reserved > most) most = state.reserved
      }
    })()
    const results = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const call = openedCall({ projectId })
        await new Promise((resolve) => setTimeout(resolve, (i % 10) * 15))
        const admission = await writer(i).open(call, bound(null))
        if (admission.type === 'admitted') await writer(i).settle(settled(call, admission))
        return admission.type
      }),
    )
    sampling = false
    await sampled
    expect(results).toContain('admitted')
    expect(most).toBeLessThanOrEqual(5n)
    expect(await states()).toEqual([{ unit: 'CONCURRENT_CALLS', used: 0n, reserved: 0n }])
  })

  it('begin anew with each window, for calls that came in then, on several writers in the midst of calls', async () => {
    let offset = 0
    const clock: Clock = { ...systemClock, now: () => Date.now() + offset }
    const all = [1, 2, 3].map(() => ledgerWriter(suite.database(), { clock, logger: quiet }))
    const quota = { projectId, scope: { type: 'project' }, unit: 'REQUESTS', window: 'MINUTE', limit: 20n } as const
    await setQuota(suite.database(), quota, clock)
    // A minute ends a second from now.
    offset = 59_000 - (Date.now() % 60_000)
    const turn = Math.ceil(clock.now() / 60_000) * 60_000
    const results = await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i * 16))
        const call = openedCall({ projectId, createdAt: clock.now() })
        const admission = await (all[i % 3] ?? first()).open(call, bound(null))
        // Some end in the next minute: what they used is of the one that they came in.
        await new Promise((resolve) => setTimeout(resolve, (i % 7) * 40))
        if (admission.type === 'admitted') await (all[i % 3] ?? first()).settle(settled(call, admission))
        return { minute: call.createdAt < turn ? 'first' : 'second', ...admission }
      }),
    )
    const letIn = results.filter(({ type }) => type === 'admitted').map(({ minute }) => minute)
    expect(letIn.filter((minute) => minute === 'first')).toHaveLength(20)
    expect(letIn.filter((minute) => minute === 'second')).toHaveLength(20)
    expect(results.find(({ type }) => type === 'refused')).toMatchObject({ quota: { resetsAt: turn, limit: 20n } })
    const windows = await suite.database().sql`
      select extract(epoch from window_start)::int8 * 1000 as start, used, reserved from quota_window
      join quota on quota.id = quota_id where project_id = ${projectId} order by 1`
    expect(windows).toEqual([
      { start: `${turn - 60_000}`, used: '20', reserved: '0' },
      { start: `${turn}`, used: '20', reserved: '0' },
    ])
    await Promise.all(all.map((each) => each.close()))
  })

  it('limit the scope that they are for', async () => {
    await set('REQUESTS', 0n, { type: 'endUser', endUser: 'abuser' })
    await set('REQUESTS', 0n, { type: 'tag', key: 'job', value: 'batch' })
    await set('REQUESTS', 0n, { type: 'apiKey', apiKeyId: newId() })
    const typeFor = async (over: Partial<SettledCall>) =>
      (await first().open(openedCall({ projectId, ...over }), bound(0n))).type
    expect(await typeFor({})).toBe('admitted')
    expect(await typeFor({ endUser: 'abuser' })).toBe('refused')
    expect(await typeFor({ tags: [{ key: 'job', value: 'batch' }] })).toBe('refused')
    expect(await typeFor({ tags: [{ key: 'job', value: 'chat' }], endUser: 'friend' })).toBe('admitted')
    expect(await reader().quotas(projectId, newId())).toHaveLength(2)
  })

  it('take all that is left where no bound is known, so that the limit holds', async () => {
    await set('USD', 100n)
    const call = openedCall({ projectId })
    const admission = await first().open(call, bound(null))
    expect(admission).toMatchObject({ reservations: [{ amount: 100n }] })
    expect((await first().open(openedCall({ projectId }), bound(null))).type).toBe('refused')
    expect((await first().open(openedCall({ projectId }), bound(1n))).type).toBe('refused')
    expect((await first().open(openedCall({ projectId }), bound(0n))).type).toBe('admitted')
  })

  it('count no request that was refused after it had been let in', async () => {
    await set('REQUESTS', 10n)
    const call = openedCall({ projectId })
    const admission = await first().open(call, bound(null))
    await first().settle(settled({ ...call, status: 'REFUSED', attempts: [] }, admission))
    expect(await states()).toEqual([{ unit: 'REQUESTS', used: 0n, reserved: 0n }])
  })

  it('are settled at the bound for an abandoned call, and set right when it was not dead', async () => {
    await set('USD', 1_000n)
    await set('TOKENS', 5_000n)
    await set('CONCURRENT_CALLS', 3n)
    const call = openedCall({ projectId, leaseUntil: Date.now() - 1 })
    const admission = await first().open(call, bound(400n, 900n))
    await first().sweep(Date.now())
    expect(await states()).toEqual([
      { unit: 'USD', used: 400n, reserved: 0n },
      { unit: 'TOKENS', used: 900n, reserved: 0n },
      { unit: 'CONCURRENT_CALLS', used: 0n, reserved: 0n },
    ])
    expect(await reader().call(projectId, call.id)).toMatchObject({
      status: 'ABANDONED',
      cost: { priced: true, parts: { output: 400n }, wasted: 400n },
      usage: { outputTokens: 900, estimated: true },
    })
    const cost = {
      priced: true,
      parts: { input: 7n, cachedInput: 0n, cacheWrite: 0n, output: 0n },
      wasted: 0n,
      saved: 0n,
    }
    await first().settle(settled({ ...call, cost }, admission))
    expect(await states()).toEqual([
      { unit: 'USD', used: 7n, reserved: 0n },
      { unit: 'TOKENS', used: 180n, reserved: 0n },
      { unit: 'CONCURRENT_CALLS', used: 0n, reserved: 0n },
    ])
    expect(await reader().call(projectId, call.id)).toMatchObject({
      status: 'SUCCEEDED',
      cost,
      usage: { outputTokens: 60 },
    })
  })

  it('are changed and removed, in force within a second', async () => {
    const id = await set('REQUESTS', 0n)
    expect((await first().open(openedCall({ projectId }), bound(null))).type).toBe('refused')
    expect(await set('REQUESTS', 1n)).toBe(id)
    await new Promise((resolve) => setTimeout(resolve, 1050))
    expect((await first().open(openedCall({ projectId }), bound(null))).type).toBe('admitted')
    expect(await deleteQuota(suite.database(), newId(), id)).toBe(false)
    expect(await deleteQuota(suite.database(), projectId, id)).toBe(true)
    expect(await reader().quotas(projectId, null)).toEqual([])
    await expect(set('REQUESTS', -1n)).rejects.toThrow(RangeError)
  })
})
