import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { keyDirectory } from '../../src/access/key-directory.ts'
import { createProject } from '../../src/access/project.ts'
import { tokenSecret } from '../../src/access/token-secret.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Admission } from '../../src/core/ledger.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, type LedgerWriterDependencies, ledgerWriter } from '../../src/ledger/writer.ts'
import { describePostgres } from '../support/database.ts'
import { type FlakyProxy, flakyProxy } from '../support/flaky-proxy.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import { newId, openedCall, quiet, SOUND_COST, soundCall } from './sample-calls.ts'

const NO_BOUND = { USD: null, TOKENS: null }
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describePostgres('a database that goes away', (suite) => {
  let proxy: FlakyProxy
  let target: URL
  let database: Database
  let writer: ClosableLedgerWriter
  let projectId: string
  const urlBy = ({ port }: FlakyProxy) => Object.assign(new URL(target), { host: `127.0.0.1:${port}` }).href
  const reader = () => ledgerReader(suite.database())
  const total = async () => {
    const range = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 }
    const filter = { status: [], provider: [], model: [], tags: [], endUser: null }
    return (await reader().usage(projectId, { range, groupBy: [], interval: null, filter })).total
  }

  beforeAll(async () => {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('not a server')
    target = new URL(settings.url)
    proxy = await flakyProxy({ host: target.hostname, port: Number(target.port || 5432) })
    database = await openDatabase({ type: 'postgres', url: urlBy(proxy), connections: 4 })
    writer = ledgerWriter(database, { clock: systemClock, logger: quiet, settleWaitMs: 20_000, openWaitMs: 300 })
  })
  afterAll(async () => {
    await writer.close()
    await database.close()
    await proxy.close()
  })
  beforeEach(async () => {
    projectId = (await createProject(suite.database(), newId())).id
  })

  it('loses no call that was settled meanwhile, and counts each once', async () => {
    const calls = Array.from({ length: 100 }, () => soundCall({ projectId }))
    await Promise.all(calls.slice(0, 20).map((call) => writer.open(call, NO_BOUND)))
    const early = calls.slice(0, 50).map(writer.settle)
    await proxy.cut()
    const late = calls.slice(50).map(writer.settle)
    await sleep(1000)
    await proxy.restore()
    await Promise.all([...early, ...late])
    expect(await total()).toMatchObject({ calls: 100, attempts: 100, cost: 100n * SOUND_COST })
  })

  it('keeps a caller waiting for so long only, and writes the call all the same', async () => {
    const impatient = ledgerWriter(database, { clock: systemClock, logger: quiet, settleWaitMs: 150 })
    await proxy.cut()
    await expect(impatient.settle(soundCall({ projectId }))).rejects.toBeInstanceOf(LedgerUnavailable)
    await proxy.restore()
    await impatient.flush()
    expect((await total()).calls).toBe(1)
    await impatient.close()
  })

  it('refuses new calls while it is away, and lets them in when it is back', async () => {
    await writer.open(openedCall({ projectId }), NO_BOUND)
    await proxy.cut()
    const waiting = writer.settle(soundCall({ projectId }))
    await sleep(600)
    await expect(writer.open(openedCall({ projectId }), NO_BOUND)).rejects.toBeInstanceOf(LedgerUnavailable)
    await expect(writer.claim({ projectId, key: 'k', inputHash: 'h', callId: newId() })).rejects.toBeInstanceOf(
      LedgerUnavailable,
    )
    await expect(
      ledgerReader(database).calls(
        projectId,
        { range: null, status: [], provider: [], model: [], tags: [], endUser: null },
        1,
        null,
      ),
    ).rejects.toBeInstanceOf(LedgerUnavailable)
    await proxy.restore()
    await waiting
    expect((await writer.open(openedCall({ projectId }), NO_BOUND)).type).toBe('admitted')
  })

  it('gives back what was reserved for a call that nobody waits for any more', async () => {
    await setQuota(suite.database(), {
      projectId,
      scope: { type: 'project' },
      unit: 'CONCURRENT_CALLS',
      window: 'TOTAL',
      limit: 5n,
    })
    const first = openedCall({ projectId })
    const admission = await writer.open(first, NO_BOUND)
    await proxy.cut()
    await expect(writer.open(openedCall({ projectId }), NO_BOUND)).rejects.toBeInstanceOf(LedgerUnavailable)
    await proxy.restore()
    // The late admission is decided by now; what gives it back is written behind it.
    await writer.flush()
    await expect.poll(() => reader().quotas(projectId, null), { timeout: 10_000 }).toMatchObject([{ reserved: 1n }])
    await writer.settle(
      soundCall({ ...first, reservations: admission.type === 'admitted' ? admission.reservations : [] }),
    )
    await expect.poll(() => reader().quotas(projectId, null), { timeout: 10_000 }).toMatchObject([{ reserved: 0n }])
  })

  it('lets no more calls with a quota wait once none was decided on for as long as one waits', async () => {
    const scope = { type: 'project' } as const
    await setQuota(suite.database(), { projectId, scope, unit: 'REQUESTS', window: 'TOTAL', limit: 9n })
    const calls = Array.from({ length: 5 }, () => openedCall({ projectId }))
    // Reads are answered, and nothing can be written: as on a server that has become a standby.
    await suite.database().sql.begin(async (tx) => {
      await tx`lock table quota_window in share mode`
      for (const call of calls) await expect(writer.open(call, NO_BOUND)).rejects.toBeInstanceOf(LedgerUnavailable)
    })
    await writer.flush()
    const rowOf = (call = openedCall()) => suite.database().sql`select status from call where id = ${call.id}`
    await expect.poll(() => rowOf(calls[0])).toEqual([{ status: 'REFUSED' }])
    expect(await rowOf(calls[4])).toEqual([])
  })

  it('reserves and settles once where the answer to a commit was lost', async () => {
    const patient = ledgerWriter(database, { clock: systemClock, logger: quiet, openWaitMs: 3000 })
    await setQuota(suite.database(), {
      projectId,
      scope: { type: 'project' },
      unit: 'USD',
      window: 'DAY',
      limit: 10n ** 12n,
    })
    const call = openedCall({ projectId })
    proxy.loseAnswerTo('commit')
    const admission = await patient.open(call, { USD: 500n, TOKENS: null })
    expect(admission).toMatchObject({ type: 'admitted', reservations: [{ amount: 500n }] })
    expect(await reader().quotas(projectId, null)).toMatchObject([{ used: 0n, reserved: 500n }])
    proxy.loseAnswerTo('commit')
    await patient.settle(
      soundCall({ ...call, reservations: admission.type === 'admitted' ? admission.reservations : [] }),
    )
    expect(await reader().quotas(projectId, null)).toMatchObject([{ used: SOUND_COST, reserved: 0n }])
    expect(await total()).toMatchObject({ calls: 1, cost: SOUND_COST })
    await patient.close()
  })

  it('without a word is reached anew: connections that nothing comes over any more are given up', async () => {
    // Connections and a way of their own: what falls silent is of no use to anybody else.
    const way = await flakyProxy({ host: target.hostname, port: Number(target.port || 5432) })
    const own = await openDatabase({ type: 'postgres', url: urlBy(way), connections: 4 })
    const patient = ledgerWriter(own, { clock: systemClock, logger: quiet, settleWaitMs: 40_000, silenceMs: 500 })
    const quota = { projectId, scope: { type: 'project' }, unit: 'USD', window: 'DAY', limit: 10n ** 12n } as const
    await setQuota(suite.database(), quota)
    for (const text of ['with settled as', 'commit', 'begin']) {
      const call = openedCall({ projectId })
      const reservations = reservationsOf(await patient.open(call, { USD: 500n, TOKENS: null }))
      way.silenceAt(text)
      await patient.settle(soundCall({ ...call, reservations }))
    }
    expect(await reader().quotas(projectId, null)).toMatchObject([{ used: 3n * SOUND_COST, reserved: 0n }])
    expect(await total()).toMatchObject({ calls: 3, cost: 3n * SOUND_COST })
    await patient.close()
    await own.close()
    await way.close()
  }, 60_000)

  describe('with a spool', () => {
    let folder: string
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'switchyard-spool-'))
    })
    afterEach(() => rm(folder, { recursive: true, force: true }))
    const spooling = (more: Partial<LedgerWriterDependencies> = {}) =>
      ledgerWriter(database, { clock: systemClock, logger: quiet, spoolDirectory: folder, settleWaitMs: 100, ...more })
    const spooled = async () => (await Promise.all((await readdir(folder)).map(linesOf))).flat()
    const linesOf = async (name: string) => (await readFile(join(folder, name), 'utf8')).split('\n').filter(Boolean)

    it('puts calls on disk, keeps few of them in memory, and writes each once when it is back', async () => {
      const calls = Array.from({ length: 60 }, () => soundCall({ projectId }))
      const keeping = spooling({ memoryBound: { rows: 10, bytes: 1_000_000 } })
      await Promise.all(calls.slice(0, 10).map((call) => keeping.open(call, NO_BOUND)))
      await proxy.cut()
      const settled = await Promise.allSettled(calls.map(keeping.settle))
      for (const result of settled) {
        expect(result).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailable' } })
      }
      await expect.poll(async () => (await spooled()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(60)
      await proxy.restore()
      await expect.poll(async () => (await total()).calls, { timeout: 20_000 }).toBe(60)
      await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual([])
      expect(await total()).toMatchObject({ calls: 60, attempts: 60, cost: 60n * SOUND_COST })
      await keeping.close()
      await expectSoundLedger(suite.database())
    })

    it('leaves calls to the next process where it stops meanwhile, and counts those twice written once', async () => {
      const quota = { projectId, scope: { type: 'project' }, unit: 'USD', window: 'TOTAL', limit: 10n ** 15n } as const
      await setQuota(suite.database(), quota)
      const stopping = spooling({ closeWaitMs: 200 })
      const opened = Array.from({ length: 20 }, () => soundCall({ projectId }))
      const admissions = await Promise.all(opened.map((call) => stopping.open(call, { USD: 10n ** 9n, TOKENS: null })))
      const calls = opened.map((call, at) => ({ ...call, reservations: reservationsOf(admissions[at]) }))
      // The answer to this one's commit never comes: it is in the ledger, and in the spool too.
      proxy.loseAnswerTo('commit')
      const first = stopping.settle(calls[0] ?? soundCall())
      await proxy.cut()
      await Promise.allSettled([first, ...calls.slice(1).map(stopping.settle)])
      await stopping.close()
      expect((await spooled()).length).toBeGreaterThanOrEqual(19)
      expect(await readdir(folder)).toEqual([expect.stringMatching(/\.left$/)])

      await proxy.restore()
      const next = spooling()
      await expect.poll(async () => (await total()).calls, { timeout: 20_000 }).toBe(20)
      await expect.poll(() => readdir(folder), { timeout: 10_000 }).toEqual([])
      expect(await total()).toMatchObject({ calls: 20, succeeded: 20, cost: 20n * SOUND_COST })
      expect(await reader().quotas(projectId, null)).toMatchObject([{ used: 20n * SOUND_COST, reserved: 0n }])
      await next.close()
      await expectSoundLedger(suite.database())
    })

    it('takes the place of what the sweeper had put there meanwhile', async () => {
      const stopping = spooling({ closeWaitMs: 200 })
      const call = soundCall({ projectId, leaseUntil: Date.now() - 1 })
      await stopping.open(call, NO_BOUND)
      await stopping.flush()
      await proxy.cut()
      await expect(stopping.settle(call)).rejects.toBeInstanceOf(LedgerUnavailable)
      await stopping.close()
      const other = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
      await other.sweep(Date.now())
      await other.close()
      expect(await total()).toMatchObject({ calls: 1, failed: 1, cost: 0n })
      await proxy.restore()
      const next = spooling()
      await expect
        .poll(async () => await total(), { timeout: 20_000 })
        .toMatchObject({
          calls: 1,
          succeeded: 1,
          failed: 0,
          cost: SOUND_COST,
        })
      await next.close()
    })

    it('lets a call without a quota wait for its row once it has noticed', async () => {
      const [hesitant, patient] = [spooling({ openWaitMs: 1_500 }), spooling({ openWaitMs: 20_000 })]
      for (const one of [hesitant, patient]) await one.open(soundCall({ projectId }), NO_BOUND)
      await proxy.cut()
      for (const one of [hesitant, patient]) one.settle(soundCall({ projectId })).catch(() => {})
      await sleep(700)
      const waiting = patient.open(openedCall({ projectId }), NO_BOUND)
      await expect(hesitant.open(openedCall({ projectId }), NO_BOUND)).rejects.toBeInstanceOf(LedgerUnavailable)
      await proxy.restore()
      expect((await waiting).type).toBe('admitted')
      await hesitant.close()
      await patient.close()
    })
  })

  it('lets keys in that were seen lately, and no others', async () => {
    const keys = keyDirectory(database, systemClock, tokenSecret(null, null))
    const known = await createKey(suite.database(), { project: newId(), scopes: ['complete'] })
    const unknown = await createKey(suite.database(), { project: newId(), scopes: ['complete'] })
    expect(await keys.authenticate(`Bearer ${known.secret}`)).not.toBeNull()
    await proxy.cut()
    await sleep(1050)
    const [seen, unseen] = await Promise.allSettled([
      keys.authenticate(`Bearer ${known.secret}`),
      keys.authenticate(`Bearer ${unknown.secret}`),
    ])
    expect(seen).toMatchObject({ status: 'fulfilled', value: { apiKeyId: known.key.id } })
    expect(unseen).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailable' } })
    await proxy.restore()
    expect(await keys.authenticate(`Bearer ${unknown.secret}`)).toMatchObject({ apiKeyId: unknown.key.id })
  })
})

function reservationsOf(admission: Admission | undefined) {
  return admission?.type === 'admitted' ? admission.reservations : []
}
