import type postgres from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { createKey } from '../../src/access/api-keys.ts'
import { createProject } from '../../src/access/project.ts'
import { systemClock } from '../../src/core/clock.ts'
import type { Database } from '../../src/database/database.ts'
import { transaction } from '../../src/database/transaction.ts'
import { putQuota, setQuota } from '../../src/ledger/quota/quota-admin.ts'
import { ledgerReader } from '../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../src/ledger/writer.ts'
import { describeDatabases, describePostgres } from '../support/database.ts'
import { expectSoundLedger } from '../support/ledger-check.ts'
import { newId, openedCall, quiet, SOUND_COST, soundCall } from './sample-calls.ts'

const BOUND = { USD: 1_000_000_000n, TOKENS: null }

interface Stage {
  readonly database: Database
  readonly writer: ClosableLedgerWriter
  readonly projectId: string
}

/** A project with a quota, and a writer. */
async function stageOn(database: Database): Promise<Stage> {
  const { id: projectId } = await createProject(database, newId())
  await setQuota(database, { projectId, scope: { type: 'project' }, unit: 'USD', window: 'TOTAL', limit: 10n ** 15n })
  return { database, projectId, writer: ledgerWriter(database, { clock: systemClock, logger: quiet }) }
}

async function admitted({ writer, projectId }: Stage, over: { readonly leaseUntil?: number } = {}) {
  const call = soundCall({ projectId, ...over })
  const admission = await writer.open(call, BOUND)
  if (admission.type === 'refused') throw new Error('The quota is large enough')
  return { ...call, reservations: admission.reservations }
}

async function quotaOf({ database, projectId }: Stage) {
  const [quota] = await ledgerReader(database).quotas(projectId, null)
  return { used: quota?.used, reserved: quota?.reserved }
}

async function statusOf({ database, projectId }: Stage, id: string) {
  return (await ledgerReader(database).call(projectId, id))?.status
}

/** What writes to the ledger, the table where it is made to fail, and what must have come of it in the end. */
interface Write {
  readonly table: string
  /** What goes before; what it returns does the writing. */
  prepare(stage: Stage): Promise<() => Promise<void>>
}

const WRITES: Readonly<Record<string, Write>> = {
  settle: {
    table: 'call',
    async prepare(stage) {
      const call = await admitted(stage)
      return async () => {
        await stage.writer.settle(call)
        expect(await statusOf(stage, call.id)).toBe('SUCCEEDED')
        expect(await quotaOf(stage)).toEqual({ used: SOUND_COST, reserved: 0n })
      }
    },
  },
  'settle without a quota': {
    table: 'attempt',
    async prepare(stage) {
      const call = soundCall({ projectId: newId() })
      return async () => {
        await stage.writer.settle(call)
        expect(await statusOf({ ...stage, projectId: call.projectId }, call.id)).toBe('SUCCEEDED')
      }
    },
  },
  'settle after a sweep': {
    table: 'quota_window',
    async prepare(stage) {
      const call = await admitted(stage, { leaseUntil: Date.now() - 1_000 })
      await stage.writer.sweep(Date.now())
      expect(await statusOf(stage, call.id)).toBe('ABANDONED')
      return async () => {
        await stage.writer.settle(call)
        expect(await statusOf(stage, call.id)).toBe('SUCCEEDED')
        expect(await quotaOf(stage)).toEqual({ used: SOUND_COST, reserved: 0n })
      }
    },
  },
  admit: {
    table: 'quota_window',
    prepare: async (stage) => async () => {
      await admitted(stage)
      expect(await quotaOf(stage)).toEqual({ used: 0n, reserved: BOUND.USD })
    },
  },
  claim: {
    table: 'idempotency',
    prepare: async (stage) => async () => {
      const request = { projectId: stage.projectId, key: 'k', inputHash: 'h', callId: newId() }
      expect(await stage.writer.claim(request)).toEqual({ type: 'claimed' })
    },
  },
  renew: {
    table: 'call',
    async prepare(stage) {
      const call = await admitted(stage, { leaseUntil: Date.now() - 1_000 })
      return async () => {
        await stage.writer.renew([call.id], Date.now() + 60_000)
        await stage.writer.sweep(Date.now())
        expect(await statusOf(stage, call.id)).toBe('RUNNING')
      }
    },
  },
  sweep: {
    table: 'call',
    async prepare(stage) {
      const call = await admitted(stage, { leaseUntil: Date.now() - 1_000 })
      return async () => {
        expect(await stage.writer.sweep(Date.now())).toBe(1)
        expect(await statusOf(stage, call.id)).toBe('ABANDONED')
        expect(await quotaOf(stage)).toEqual({ used: BOUND.USD, reserved: 0n })
      }
    },
  },
  'an administrator’s change': {
    table: 'api_key',
    prepare:
      async ({ database }) =>
      async () => {
        const project = newId()
        const { key } = await createKey(database, { project, scopes: ['complete'] })
        const found = await database.sql`
        select api_key.id from api_key join project on project.id = project_id where project.name = ${project}`
        expect(found).toEqual([{ id: key.id }])
      },
  },
}

describeDatabases('a serialisation failure', (suite) => {
  beforeEach(async () => {
    const { sql } = suite.database()
    await sql.unsafe('drop sequence if exists failures; create sequence failures')
  })

  describe.each(Object.entries(WRITES))('at %s', (_, write) => {
    it('is tried again, and counted once', async () => {
      const { sql } = suite.database()
      const stage = await stageOn(suite.database())
      const carryOut = await write.prepare(stage)
      // What a sequence has counted stays counted where a transaction is undone.
      await sql.unsafe(`
        create or replace function fail_twice() returns trigger language plpgsql as $$ begin
          if nextval('failures') <= 2 then raise exception 'lost' using errcode = '40001'; end if;
          return null;
        end $$;
        create trigger fails after insert or update on ${write.table} for each statement execute function fail_twice()`)
      try {
        await carryOut()
        expect(Number((await sql`select last_value from failures`)[0]?.last_value)).toBeGreaterThan(2)
      } finally {
        await sql.unsafe(`drop trigger fails on ${write.table}`)
        await stage.writer.close()
      }
      await expectSoundLedger(suite.database())
    })
  })
})

/** A write that waits for `held` with `wanted` in hand, while another transaction wants them the other way round. */
interface Crossing {
  readonly held: (tx: postgres.TransactionSql) => Promise<unknown>
  readonly write: () => Promise<void>
  readonly wanted: (tx: postgres.TransactionSql) => Promise<unknown>
}

describePostgres('transactions that wait for each other', (suite) => {
  /** Lets both wait for each other, so that the server undoes the write, and waits for its end. */
  async function cross({ held, write, wanted }: Crossing): Promise<void> {
    const { sql } = suite.database()
    const waiting = async () => {
      const rows = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      return rows.length
    }
    const deadlocks = async () => {
      const [row] = await sql`select deadlocks from pg_stat_database where datname = current_database()`
      return Number(row?.deadlocks)
    }
    const before = await deadlocks()
    let written: Promise<void> = Promise.resolve()
    await sql.begin(async (tx) => {
      // Who waits for longer than this looks for a deadlock, and gives way.
      await tx`set local deadlock_timeout = '60s'`
      await held(tx)
      written = write()
      written.catch(() => {})
      await expect.poll(waiting, { timeout: 10_000, interval: 5 }).toBe(1)
      await wanted(tx)
    })
    await written
    await expect.poll(deadlocks, { timeout: 10_000 }).toBe(before + 1)
  }

  const lockCall = (id: string) => (tx: postgres.TransactionSql) =>
    tx`select from call where id = ${id}::uuid for update`
  const lockWindows = (projectId: string) => (tx: postgres.TransactionSql) =>
    tx`select from quota_window where quota_id in (select id from quota where project_id = ${projectId}::uuid) for update`

  it('are tried again where a call is settled', async () => {
    const stage = await stageOn(suite.database())
    const call = await admitted(stage)
    const write = () => stage.writer.settle(call)
    await cross({ held: lockWindows(stage.projectId), write, wanted: lockCall(call.id) })
    expect(await statusOf(stage, call.id)).toBe('SUCCEEDED')
    expect(await quotaOf(stage)).toEqual({ used: SOUND_COST, reserved: 0n })
    await stage.writer.close()
    await expectSoundLedger(suite.database())
  })

  it('are tried again where a call is swept', async () => {
    const stage = await stageOn(suite.database())
    const call = await admitted(stage, { leaseUntil: Date.now() - 1_000 })
    const write = async () => expect(await stage.writer.sweep(Date.now())).toBe(1)
    await cross({ held: lockWindows(stage.projectId), write, wanted: lockCall(call.id) })
    expect(await quotaOf(stage)).toEqual({ used: BOUND.USD, reserved: 0n })
    await stage.writer.close()
    await expectSoundLedger(suite.database())
  })

  it('are tried again where a call is let in', async () => {
    const stage = await stageOn(suite.database())
    const { database, projectId, writer } = stage
    const scope = { type: 'project' } as const
    await setQuota(database, { projectId, scope, unit: 'REQUESTS', window: 'TOTAL', limit: 10n })
    const first = await admitted(stage)
    const [low = '', high = ''] = first.reservations.map(({ quotaId }) => quotaId).sort()
    const lock = (id: string) => (tx: postgres.TransactionSql) =>
      tx`select from quota_window where quota_id = ${id}::uuid for update`
    const write = async () =>
      expect(await writer.open(openedCall({ projectId }), BOUND)).toMatchObject({ type: 'admitted' })
    await cross({ held: lock(high), write, wanted: lock(low) })
    const quotas = await ledgerReader(database).quotas(projectId, null)
    expect(new Map(quotas.map(({ unit, reserved }) => [unit, reserved]))).toEqual(
      new Map([
        ['USD', 2n * BOUND.USD],
        ['REQUESTS', 2n],
      ]),
    )
    await writer.close()
    await expectSoundLedger(suite.database())
  })

  it('are tried again where an administrator sets quotas', async () => {
    const { database, projectId, writer } = await stageOn(suite.database())
    const quota = (unit: 'USD' | 'TOKENS', limit: bigint) =>
      ({ projectId, scope: { type: 'project' }, unit, window: 'TOTAL', limit }) as const
    await setQuota(database, quota('TOKENS', 1n))
    const lock = (unit: string) => (tx: postgres.TransactionSql) =>
      tx`select from quota where project_id = ${projectId}::uuid and unit = ${unit} for update`
    const write = () =>
      transaction(database.sql, async (tx) => {
        await putQuota(tx, quota('USD', 7n), systemClock)
        await putQuota(tx, quota('TOKENS', 8n), systemClock)
      })
    await cross({ held: lock('TOKENS'), write, wanted: lock('USD') })
    const quotas = await ledgerReader(database).quotas(projectId, null)
    expect(quotas.map(({ limit }) => limit).sort()).toEqual([7n, 8n])
    await writer.close()
  })
})
