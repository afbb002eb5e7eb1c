import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createProject } from '../../../src/access/project.ts'
import type { OpenedCall } from '../../../src/core/call.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { QuotaScope, QuotaUnit, UsageBound } from '../../../src/core/quota.ts'
import { OWN_QUOTAS } from '../../../src/core/quota.ts'
import { setQuota } from '../../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { expectSoundLedger } from '../../support/ledger-check.ts'
import { newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const NOTHING: UsageBound = { USD: null, TOKENS: null }

describeDatabases('quotas of many scopes', (suite) => {
  let writer: ClosableLedgerWriter
  let projectId: string
  const set = (scope: QuotaScope, limit: bigint, unit: QuotaUnit = 'REQUESTS', owner: string | null = projectId) =>
    setQuota(suite.database(), { projectId: owner, scope, unit, window: 'DAY', limit })
  const open = (over: Partial<OpenedCall> = {}, bound = NOTHING) =>
    writer.open(openedCall({ projectId, ...over }), bound)
  const typeOf = async (over: Partial<OpenedCall> = {}) => (await open(over)).type

  beforeAll(() => {
    writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
  })
  afterAll(() => writer.close())
  beforeEach(async () => {
    projectId = (await createProject(suite.database(), newId())).id
  })

  it('hold each end user for himself, but for those who have a quota of their own', async () => {
    await set({ type: 'eachEndUser' }, 1n)
    await set({ type: 'endUser', endUser: 'vip' }, 3n)
    expect(await typeOf({ endUser: 'ann' })).toBe('admitted')
    expect(await open({ endUser: 'ann' })).toMatchObject({
      type: 'refused',
      quota: { scope: { type: 'eachEndUser' }, subject: 'ann', limit: 1n, used: 0n, reserved: 1n },
    })
    expect(await typeOf({ endUser: 'bob' })).toBe('admitted')
    for (const expected of ['admitted', 'admitted', 'admitted', 'refused']) {
      expect(await typeOf({ endUser: 'vip' })).toBe(expected)
    }
    expect(await typeOf({ endUser: null })).toBe('admitted')
    expect(await typeOf({ endUser: null })).toBe('admitted')

    const reader = ledgerReader(suite.database())
    const ofAnn = await reader.quotas(projectId, null, { ...OWN_QUOTAS, endUser: 'ann' })
    expect(ofAnn).toMatchObject([
      { subject: 'ann', reserved: 1n },
      { subject: null, reserved: 3n },
    ])
    const ofNobody = await reader.quotas(projectId, null, { ...OWN_QUOTAS, endUser: 'carl' })
    expect(ofNobody[0]).toMatchObject({ subject: 'carl', reserved: 0n })
    expect((await reader.quotas(projectId, null))[0]).toMatchObject({ subject: 'ann', reserved: 1n })
  })

  it('leave the default to a user whose own quota is for another unit', async () => {
    await set({ type: 'eachEndUser' }, 1n)
    await set({ type: 'endUser', endUser: 'ann' }, 100n, 'TOKENS')
    expect(await typeOf({ endUser: 'ann' })).toBe('admitted')
    expect(await open({ endUser: 'ann' })).toMatchObject({ type: 'refused' })
  })

  it('hold all calls for a route, and all calls with a browser token', async () => {
    await set({ type: 'route', route: 'batch' }, 1n)
    await set({ type: 'browserToken', tokenId: 'token-1' }, 1n)
    expect(await typeOf({ requestedModel: 'batch' })).toBe('admitted')
    expect(await typeOf({ requestedModel: 'batch' })).toBe('refused')
    expect(await typeOf({ requestedModel: 'chat' })).toBe('admitted')
    expect(await typeOf({ browserTokenId: 'token-1' })).toBe('admitted')
    expect(await open({ browserTokenId: 'token-1' })).toMatchObject({
      type: 'refused',
      quota: { scope: { type: 'browserToken', tokenId: 'token-1' } },
    })
    expect(await typeOf({ browserTokenId: 'token-2' })).toBe('admitted')
    expect(await ledgerReader(suite.database()).quotas(projectId, null)).toHaveLength(1)
  })

  it('apply all at once, and a call that one refuses takes nothing of the others', async () => {
    await set({ type: 'project' }, 10n)
    await set({ type: 'tag', key: 'job', value: 'batch' }, 1n)
    const tags = [{ key: 'job', value: 'batch' }]
    expect(await typeOf({ tags })).toBe('admitted')
    expect(await typeOf({ tags })).toBe('refused')
    expect(await typeOf({ tags })).toBe('refused')
    expect(await ledgerReader(suite.database()).quotas(projectId, null)).toMatchObject([
      { reserved: 1n },
      { reserved: 1n },
    ])
  })

  it('let a call in with what is left where that is enough for it, the same of every quota of the unit', async () => {
    await set({ type: 'project' }, 1_000n, 'TOKENS')
    await set({ type: 'endUser', endUser: 'ann' }, 300n, 'TOKENS')
    const bound = { USD: null, TOKENS: 5_000n, least: { USD: null, TOKENS: 250n } }
    const admission = await open({ endUser: 'ann' }, bound)
    expect(admission).toMatchObject({ type: 'admitted', reservations: [{ amount: 300n }, { amount: 300n }] })
    expect(await open({ endUser: 'ann' }, bound)).toMatchObject({
      type: 'refused',
      quota: { scope: { type: 'endUser' } },
    })
    expect(await open({}, { ...bound, least: { USD: null, TOKENS: 701n } })).toMatchObject({ type: 'refused' })
    expect(await open({}, { ...bound, least: { USD: null, TOKENS: 700n } })).toMatchObject({
      reservations: [{ amount: 700n }],
    })
  })

  it('keep with the call what it used of each window, also where it was abandoned, and take it back', async () => {
    const id = await set({ type: 'project' }, 1_000_000_000_000n, 'USD')
    await set({ type: 'eachEndUser' }, 5_000n, 'TOKENS')
    await set({ type: 'project' }, 5n, 'CONCURRENT_CALLS')
    const call = openedCall({ projectId, endUser: 'ann', leaseUntil: Date.now() - 1 })
    const admission = await writer.open(call, { USD: 400n, TOKENS: 900n })
    if (admission.type !== 'admitted') throw new Error('not admitted')
    await writer.sweep(Date.now())
    expect(await chargesOf(call.id)).toMatchObject([
      { quotaId: id, used: '400' },
      { subject: 'ann', used: '900' },
    ])
    await expectSoundLedger(suite.database(), ['QUOTA_USED', 'QUOTA_RESERVED'])
    await writer.settle(settledCall({ ...call, reservations: admission.reservations }))
    expect(await chargesOf(call.id)).toMatchObject([
      { quotaId: id, unit: 'USD', used: '138500001' },
      { subject: 'ann', unit: 'TOKENS', used: '180' },
    ])
    await expectSoundLedger(suite.database(), ['QUOTA_USED', 'QUOTA_RESERVED'])
  })

  async function chargesOf(id: string): Promise<unknown> {
    const [row] = await suite.database().sql<{ charges: string }[]>`
      select charges::text as charges from call where id = ${id}::uuid`
    const charges: { unit: string }[] = JSON.parse(row?.charges ?? '[]')
    return charges.sort((a, b) => b.unit.localeCompare(a.unit))
  }

  // The last one, since it limits all projects of this database.
  describe('of the installation', () => {
    it('hold the calls of all projects together', async () => {
      await set({ type: 'installation' }, 2n, 'CONCURRENT_CALLS', null)
      const other = (await createProject(suite.database(), newId())).id
      const reader = ledgerReader(suite.database())
      const [quota] = await reader.quotas(projectId, null, { ...OWN_QUOTAS, installation: 'shown' })
      const taken = Number(quota?.reserved ?? 0n)
      expect(taken).toBe(0)
      expect(await typeOf({})).toBe('admitted')
      expect(await typeOf({ projectId: other })).toBe('admitted')
      expect(await open({ projectId: other })).toMatchObject({
        type: 'refused',
        quota: { scope: { type: 'installation' }, reserved: 2n },
      })
      expect(await reader.quotas(other, null)).toEqual([])
      expect(await reader.quotas(other, null, { ...OWN_QUOTAS, installation: 'shown' })).toHaveLength(1)
    })
  })
})
