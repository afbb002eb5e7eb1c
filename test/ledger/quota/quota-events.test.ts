import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createProject } from '../../../src/access/project.ts'
import type { Caller } from '../../../src/core/caller.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { Admission } from '../../../src/core/ledger.ts'
import type { QuotaInput } from '../../../src/ledger/quota/quota-admin.ts'
import { setQuota } from '../../../src/ledger/quota/quota-admin.ts'
import { type QuotaEventFeed, quotaEventFeed } from '../../../src/ledger/quota/quota-event-feed.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const FREE = { USD: 0n, TOKENS: null }

describeDatabases('events of quotas', (suite) => {
  let writers: ClosableLedgerWriter[]
  let feed: QuotaEventFeed
  let projectId: string
  const writer = (at: number): ClosableLedgerWriter => {
    const found = writers[at % writers.length]
    if (!found) throw new Error('no writer')
    return found
  }
  const set = (over: Partial<QuotaInput>) =>
    setQuota(suite.database(), {
      projectId,
      scope: { type: 'project' },
      unit: 'REQUESTS',
      window: 'DAY',
      limit: 10n,
      ...over,
    })
  const settled = async (at: number, endUser: string | null = null) => {
    const call = openedCall({ projectId, endUser })
    const admission: Admission = await writer(at).open(call, FREE)
    if (admission.type === 'refused') return
    await writer(at + 1).settle(settledCall({ ...call, reservations: admission.reservations }))
  }
  const events = async () =>
    (
      await suite.database().sql<{ threshold: number; subject: string; used: string }[]>`
        select threshold, subject, used from quota_event where project_id = ${projectId}::uuid order by at, threshold`
    ).map(({ threshold, subject, used }) => ({ threshold, subject, used: Number(used) }))
  const caller = (over: Partial<Caller> = {}) => ({ projectId, scopes: ['read'], ...over }) as Caller

  beforeAll(() => {
    const { database } = suite
    writers = [1, 2, 3].map(() => ledgerWriter(database(), { clock: systemClock, logger: quiet }))
    feed = quotaEventFeed({ database: database(), clock: systemClock, logger: quiet })
  })
  afterAll(async () => {
    await feed.close()
    await Promise.all(writers.map((each) => each.close()))
  })
  beforeEach(async () => {
    projectId = (await createProject(suite.database(), newId())).id
  })

  it('are told once each, however many replicas pass a threshold at the same moment', async () => {
    await set({})
    await Promise.all(Array.from({ length: 30 }, (_, i) => settled(i)))
    expect((await events()).map(({ threshold }) => threshold).sort((a, b) => a - b)).toEqual([50, 80, 100])
    await Promise.all(Array.from({ length: 5 }, (_, i) => settled(i)))
    expect(await events()).toHaveLength(3)
  })

  it('are told when what calls used passes a threshold, not when it is only reserved', async () => {
    await set({ thresholds: [30, 90] })
    const calls = await Promise.all(
      Array.from({ length: 5 }, async (_, at) => {
        const call = openedCall({ projectId })
        return { call, admission: await writer(at).open(call, FREE) }
      }),
    )
    expect(await events()).toEqual([])
    for (const { call, admission } of calls) {
      const reservations = admission.type === 'admitted' ? admission.reservations : []
      await writer(0).settle(settledCall({ ...call, reservations }))
    }
    expect(await events()).toEqual([{ threshold: 30, subject: '', used: 3 }])
  })

  it('are told anew where the limit is another one', async () => {
    await set({ limit: 1n, thresholds: [100] })
    await settled(0)
    await set({ limit: 3n, thresholds: [100] })
    // A writer knows of the other limit within a second.
    await expect
      .poll(
        async () => {
          await settled(1)
          return (await events()).map(({ used }) => used)
        },
        { timeout: 5_000 },
      )
      .toEqual([1, 3])
  })

  it('are told of each end user for himself', async () => {
    await set({ scope: { type: 'eachEndUser' }, limit: 2n, thresholds: [50] })
    await Promise.all(['ann', 'bob', 'ann', 'carl'].map((user, at) => settled(at, user)))
    expect((await events()).map(({ subject }) => subject).sort()).toEqual(['ann', 'bob', 'carl'])
  })

  it('tell 100 % when a call is turned away, and calls at once when they begin', async () => {
    await set({ unit: 'CONCURRENT_CALLS', limit: 2n, thresholds: [50, 100] })
    await writer(0).open(openedCall({ projectId }), FREE)
    expect(await events()).toMatchObject([{ threshold: 50 }])
    await writer(0).open(openedCall({ projectId }), FREE)
    expect(await events()).toMatchObject([{ threshold: 50 }, { threshold: 100 }])
    await set({ unit: 'TOKENS', limit: 0n, thresholds: [100] })
    expect(await writer(0).open(openedCall({ projectId }), { USD: null, TOKENS: 5n })).toMatchObject({
      type: 'refused',
    })
  })

  it('reach whoever may see them, from the moment on that he follows', async () => {
    await set({ limit: 4n, thresholds: [25, 50, 75] })
    await settled(0)
    // Times are compared by the millisecond.
    await sleep(5)
    const mine = feed.follow(caller())
    const others = feed.follow(caller({ projectId: newId() }))
    const nothing = others.next()
    await settled(1)
    await settled(2)
    expect((await mine.next()).value).toMatchObject({ threshold: 50, limit: 4n, used: 2n, projectId })
    expect((await mine.next()).value).toMatchObject({ threshold: 75, used: 3n, scope: { type: 'project' } })
    await mine.return?.()
    expect(await mine.next()).toMatchObject({ done: true })
    await others.return?.()
    expect(await nothing).toMatchObject({ done: true })
  })

  it('of the installation reach operators alone', async () => {
    await set({ projectId: null, scope: { type: 'installation' }, limit: 1_000n, thresholds: [1] })
    const operator = feed.follow(caller({ projectId: newId(), scopes: ['read', 'operator'] }))
    const other = feed.follow(caller())
    const nothing = other.next()
    await Promise.all(Array.from({ length: 12 }, (_, i) => settled(i)))
    expect((await operator.next()).value).toMatchObject({ threshold: 1, scope: { type: 'installation' } })
    await operator.return?.()
    await other.return?.()
    expect(await nothing).toMatchObject({ done: true })
  })
})
