import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { keyDirectory } from '../../src/access/key-directory.ts'
import { createProject } from '../../src/access/project.ts'
import { systemClock } from '../../src/core/clock.ts'
import { LedgerUnavailable } from '../../src/core/unavailable.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { setQuota } from '../../src/ledger/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../src/ledger/writer.ts'
import { describePostgres } from '../support/database.ts'
import { type FlakyProxy, flakyProxy } from '../support/flaky-proxy.ts'
import { newId, openedCall, quiet, settledCall } from './sample-calls.ts'

const NO_BOUND = { USD: null, TOKENS: null }
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describePostgres('a database that goes away', (suite) => {
  let proxy: FlakyProxy
  let database: Database
  let writer: ClosableLedgerWriter
  let projectId: string
  const reader = () => ledgerReader(suite.database())
  const total = async () => {
    const range = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 }
    const filter = { status: [], provider: [], model: [], tags: [], endUser: null }
    return (await reader().usage(projectId, { range, groupBy: [], interval: null, filter })).total
  }

  beforeAll(async () => {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('not a server')
    const url = new URL(settings.url)
    proxy = await flakyProxy({ host: url.hostname, port: Number(url.port || 5432) })
    url.host = `127.0.0.1:${proxy.port}`
    database = await openDatabase({ type: 'postgres', url: url.href, connections: 4 })
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
    const calls = Array.from({ length: 100 }, () => settledCall({ projectId }))
    await Promise.all(calls.slice(0, 20).map((call) => writer.open(call, NO_BOUND)))
    const early = calls.slice(0, 50).map(writer.settle)
    await proxy.cut()
    const late = calls.slice(50).map(writer.settle)
    await sleep(1000)
    await proxy.restore()
    await Promise.all([...early, ...late])
    expect(await total()).toMatchObject({ calls: 100, attempts: 100, cost: 100n * 138_500_001n })
  })

  it('keeps a caller waiting for so long only, and writes the call all the same', async () => {
    const impatient = ledgerWriter(database, { clock: systemClock, logger: quiet, settleWaitMs: 150 })
    await proxy.cut()
    await expect(impatient.settle(settledCall({ projectId }))).rejects.toBeInstanceOf(LedgerUnavailable)
    await proxy.restore()
    await impatient.flush()
    expect((await total()).calls).toBe(1)
    await impatient.close()
  })

  it('refuses new calls while it is away, and lets them in when it is back', async () => {
    await writer.open(openedCall({ projectId }), NO_BOUND)
    await proxy.cut()
    const waiting = writer.settle(settledCall({ projectId }))
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
      settledCall({ ...first, reservations: admission.type === 'admitted' ? admission.reservations : [] }),
    )
    await expect.poll(() => reader().quotas(projectId, null), { timeout: 10_000 }).toMatchObject([{ reserved: 0n }])
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
      settledCall({ ...call, reservations: admission.type === 'admitted' ? admission.reservations : [] }),
    )
    expect(await reader().quotas(projectId, null)).toMatchObject([{ used: 138_500_001n, reserved: 0n }])
    expect(await total()).toMatchObject({ calls: 1, cost: 138_500_001n })
    await patient.close()
  })

  it('lets keys in that were seen lately, and no others', async () => {
    const keys = keyDirectory(database, systemClock)
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

describePostgres('transactions that wait for each other', (suite) => {
  it('are tried again', async () => {
    const { sql } = suite.database()
    const { id: projectId } = await createProject(suite.database(), newId())
    const quota = (unit: 'USD' | 'TOKENS') =>
      setQuota(suite.database(), { projectId, scope: { type: 'project' }, unit, window: 'TOTAL', limit: 1000n })
    const ids = [await quota('USD'), await quota('TOKENS')].sort()
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    const first = await writer.open(openedCall({ projectId }), { USD: 1n, TOKENS: 1n })
    expect(first.type).toBe('admitted')

    let opened: Promise<unknown> = Promise.resolve()
    const failures = async () =>
      Number((await sql`select deadlocks from pg_stat_database where datname = current_database()`)[0]?.deadlocks)
    const waiting = async () =>
      Number(
        (
          await sql`
            select count(*) as n from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`
        )[0]?.n,
      )
    const before = await failures()
    await sql.begin(async (tx) => {
      await tx`select from quota_window where quota_id = ${ids[1] ?? ''}::uuid for update`
      opened = writer.open(openedCall({ projectId }), { USD: 1n, TOKENS: 1n })
      await expect.poll(waiting).toBe(1)
      await tx`select from quota_window where quota_id = ${ids[0] ?? ''}::uuid for update`
      await sleep(100)
    })
    expect(await opened).toMatchObject({ type: 'admitted' })
    await expect.poll(failures, { timeout: 10_000 }).toBe(before + 1)
    expect(await ledgerReader(suite.database()).quotas(projectId, null)).toMatchObject([
      { reserved: 2n },
      { reserved: 2n },
    ])
    await writer.close()
  })
})
