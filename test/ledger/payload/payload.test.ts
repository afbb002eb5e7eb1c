import { expect, it } from 'vitest'
import { createProject } from '../../../src/access/project.ts'
import { systemClock } from '../../../src/core/clock.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import type { ErasureSubject, Payload } from '../../../src/core/payload.ts'
import { textArray } from '../../../src/database/row-arrays.ts'
import { feedback } from '../../../src/ledger/feedback/feedback.ts'
import { payloadArchive } from '../../../src/ledger/payload/payload-archive.ts'
import { payloadWriter } from '../../../src/ledger/payload/payload-writer.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { type DatabaseSuite, describeDatabases, describePostgres } from '../../support/database.ts'
import { newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const DAY_MS = 86_400_000

const ANSWER = {
  text: 'Hello',
  reasoning: null,
  json: null,
  toolCalls: [],
  finishReason: 'STOP',
  lengthLimit: null,
  providerState: null,
} as const

function payloadOf(over: Partial<Payload> = {}): Payload {
  const { id: callId, createdAt } = openedCall(over.createdAt === undefined ? {} : { createdAt: over.createdAt })
  return {
    callId,
    createdAt,
    projectId: newId(),
    endUser: null,
    store: 'FULL',
    request: { input: { model: 'chat' } },
    response: { text: 'Hello' },
    ...over,
  }
}

/** The rooms of one replica. */
function replica(suite: DatabaseSuite) {
  const parts = { clock: systemClock, logger: quiet }
  const writer = payloadWriter(suite.database(), parts)
  return {
    writer,
    archive: payloadArchive(suite.database(), systemClock, writer),
    ledger: ledgerWriter(suite.database(), parts),
  }
}

async function newProject(suite: DatabaseSuite): Promise<string> {
  return (await createProject(suite.database(), newId())).id
}

describeDatabases('payloads', (suite) => {
  const request = (projectId: string, subject: ErasureSubject) => ({
    projectId,
    subject,
    apiKeyId: null,
    comment: null,
  })

  async function write(...payloads: Payload[]): Promise<void> {
    const { writer } = replica(suite)
    for (const payload of payloads) writer.keep(payload.callId, () => payload)
    await writer.close()
  }

  async function kept(projectId: string, payloads: readonly Payload[], part: 'request' | 'response' = 'request') {
    const { archive } = replica(suite)
    const contents = await archive.read(
      projectId,
      payloads.map(({ callId }) => callId),
      part,
    )
    return new Map([...contents].map(([id, found]) => [id, found.type === 'content' ? found.content : found.bytes]))
  }

  it('come back as they were written, also what a text column would refuse', async () => {
    const content: JsonObject = {
      text: 'a\0b \ud800 c \udfff 漢字 😀',
      deep: [{ n: 1.5, none: null, yes: true }],
      empty: '',
    }
    const payload = payloadOf({ request: content, response: { ...content, more: 'x'.repeat(300_000) } })
    await write(payload)
    expect(await kept(payload.projectId, [payload])).toEqual(new Map([[payload.callId, payload.request]]))
    expect(await kept(payload.projectId, [payload], 'response')).toEqual(new Map([[payload.callId, payload.response]]))
  })

  it('are compressed here and not again by the database, in the partition of their day', async () => {
    const payload = payloadOf({ request: { text: 'the same words over and over '.repeat(20_000) }, response: null })
    await write(payload)
    const [row] = await suite.database().sql`
      select length(request) < 20000 as small, request_bytes > 500000 as large, response is null as unanswered, encoding,
        tableoid::regclass::text as partition,
        (select attstorage from pg_attribute where attrelid = payload.tableoid and attname = 'request') as storage
      from payload where call_id = ${payload.callId}::uuid`
    const day = new Date(payload.createdAt).toISOString().slice(0, 10).replaceAll('-', '_')
    expect(row).toEqual({
      small: true,
      large: true,
      unanswered: true,
      encoding: 'zstd',
      partition: `payload_${day}`,
      storage: 'e',
    })
  })

  it('are seen by their own project only', async () => {
    const payload = payloadOf()
    await write(payload)
    expect((await kept(newId(), [payload])).size).toBe(0)
    expect((await kept(payload.projectId, [payload])).size).toBe(1)
  })

  it('are read as soon as they are handed in, and are written once', async () => {
    const { writer, archive } = replica(suite)
    const payload = payloadOf()
    writer.keep(payload.callId, () => payload)
    expect((await archive.read(payload.projectId, [payload.callId], 'response')).size).toBe(1)
    writer.keep(payload.callId, () => ({ ...payload, response: { text: 'Another' } }))
    expect(await kept(payload.projectId, [payload], 'response')).toEqual(new Map([[payload.callId, { text: 'Hello' }]]))
    await writer.close()
  })

  it('are not all read at once where they are more than memory is set aside for', async () => {
    const projectId = newId()
    const large = { text: 'y'.repeat(12_000_000) }
    const payloads = [1, 2, 3].map((second) =>
      payloadOf({ projectId, createdAt: Date.now() + second * 1_000, request: large }),
    )
    await write(...payloads)
    const found = await kept(projectId, payloads)
    expect(payloads.map(({ callId }) => typeof found.get(callId))).toEqual(['number', 'object', 'object'])
  })

  it('lose nobody but themselves where one can not be made', async () => {
    const { writer } = replica(suite)
    const bad = payloadOf()
    const good = payloadOf({ projectId: bad.projectId })
    writer.keep(bad.callId, () => {
      throw new Error('no')
    })
    writer.keep(good.callId, () => good)
    await writer.close()
    expect([...(await kept(bad.projectId, [bad, good])).keys()]).toEqual([good.callId])
  })

  it('are erased by call, by end user and by age, each time all that is meant and nothing else', async () => {
    const projectId = await newProject(suite)
    const { archive } = replica(suite)
    const old = Date.now() - 3 * DAY_MS
    const payloads = [
      payloadOf({ projectId }),
      payloadOf({ projectId, endUser: 'ann' }),
      payloadOf({ projectId, endUser: 'ann', createdAt: old }),
      payloadOf({ projectId, endUser: 'bob' }),
      payloadOf({ projectId, endUser: 'bob', createdAt: old + 1 }),
      payloadOf({ endUser: 'ann', createdAt: old }),
    ] as const
    const [one, , , bobs, oldBobs, others] = payloads
    await write(...payloads)
    const { ledger } = replica(suite)
    await ledger.settle(settledCall({ id: one.callId, projectId }))
    await ledger.close()

    const left = async () => [...(await kept(projectId, payloads)).keys()]
    expect(await archive.erase(request(projectId, { type: 'call', callId: one.callId }))).toMatchObject({ payloads: 1 })
    expect(await left()).not.toContain(one.callId)
    expect(await archive.erase(request(projectId, { type: 'endUser', endUser: 'ann' }))).toMatchObject({ payloads: 2 })
    expect((await left()).sort()).toEqual([oldBobs.callId, bobs.callId].sort())
    expect(await archive.erase(request(projectId, { type: 'before', at: old + 1_000 }))).toMatchObject({ payloads: 1 })
    expect(await left()).toEqual([bobs.callId])
    expect(await archive.erase(request(projectId, { type: 'endUser', endUser: 'ann' }))).toMatchObject({ payloads: 0 })
    expect((await kept(others.projectId, [others])).size).toBe(1)
  })

  it('are erased in as many steps as it takes', async () => {
    const projectId = await newProject(suite)
    const payloads = Array.from({ length: 1_201 }, () => payloadOf({ projectId, endUser: 'many' }))
    await write(...payloads)
    const { archive } = replica(suite)
    expect(await archive.erase(request(projectId, { type: 'endUser', endUser: 'many' }))).toMatchObject({
      payloads: 1_201,
    })
    expect((await kept(projectId, payloads)).size).toBe(0)
  })

  it('take kept answers and comments with them, and leave scores, usage and the end user', async () => {
    const projectId = await newProject(suite)
    const { archive, ledger } = replica(suite)
    const reader = ledgerReader(suite.database())
    const answer = { ...ANSWER, text: 'Secret' }
    const call = settledCall({ projectId, endUser: 'ann', answer })
    await ledger.claim({ projectId, key: 'k', inputHash: 'h', callId: call.id })
    await ledger.settle(call)
    const rating = { callId: call.id, metric: 'helpful', score: 1, comment: 'She wrote of Secret', apiKeyId: newId() }
    await feedback(suite.database()).rate(projectId, rating)
    expect(await reader.answer(projectId, call.id)).toMatchObject({ text: 'Secret' })

    const erased = await archive.erase(request(projectId, { type: 'endUser', endUser: 'ann' }))
    expect(erased).toEqual({ payloads: 0, answers: 1, comments: 1 })
    expect(await reader.answer(projectId, call.id)).toBeNull()
    const ratings = (await feedback(suite.database()).ratings([call.id])).get(call.id)
    expect(ratings).toMatchObject([{ score: 1, comment: null }])
    expect(await reader.call(projectId, call.id)).toMatchObject({ endUser: 'ann', usage: call.usage })
    await ledger.close()
  })

  it('of a call take those of its copies with them', async () => {
    const projectId = await newProject(suite)
    const { archive, ledger } = replica(suite)
    const answer = { ...ANSWER, text: 'Secret' }
    const call = settledCall({ projectId, answer })
    const copy = (of: string) => settledCall({ projectId, answer, tags: [{ key: 'switchyard.shadowOf', value: of }] })
    const calls = [call, copy(call.id), copy(newId())] as const
    for (const each of calls) {
      await ledger.claim({ projectId, key: each.id, inputHash: 'h', callId: each.id })
      await ledger.settle(each)
    }
    const payloads = calls.map(({ id: callId, createdAt }) => payloadOf({ projectId, callId, createdAt }))
    await write(...payloads)
    const erased = await archive.erase(request(projectId, { type: 'call', callId: call.id }))
    expect(erased).toEqual({ payloads: 2, answers: 2, comments: 0 })
    expect([...(await kept(projectId, payloads)).keys()]).toEqual([calls[2].id])
    expect(await ledgerReader(suite.database()).answer(projectId, calls[2].id)).toMatchObject({ text: 'Secret' })
    await ledger.close()
  })

  it('of calls that were under way while they were erased are not written any more, nor are their answers kept', async () => {
    const projectId = await newProject(suite)
    const { archive, ledger } = replica(suite)
    const answer = { ...ANSWER, text: 'Late' }
    const [ann, bob] = ['ann', 'bob'].map((endUser) => settledCall({ projectId, endUser, answer }))
    if (!ann || !bob) throw new Error('two calls')
    for (const { id } of [ann, bob]) await ledger.claim({ projectId, key: id, inputHash: 'h', callId: id })
    await archive.erase(request(projectId, { type: 'endUser', endUser: 'ann' }))

    const late = [ann, bob].map((call) => payloadOf({ ...call, callId: call.id }))
    await write(...late)
    await ledger.settle(ann)
    await ledger.settle(bob)
    expect([...(await kept(projectId, late)).keys()]).toEqual([bob.id])
    const reader = ledgerReader(suite.database())
    expect(await reader.answer(projectId, ann.id)).toBeNull()
    expect(await reader.answer(projectId, bob.id)).toMatchObject({ text: 'Late' })

    const next = payloadOf({ projectId, endUser: 'ann', createdAt: Date.now() + 1_000 })
    await write(next)
    expect((await kept(projectId, [next])).size).toBe(1)
    await ledger.close()
  })

  it('are erased up to now at the most: what comes later is kept', async () => {
    const projectId = await newProject(suite)
    const { archive } = replica(suite)
    await archive.erase(request(projectId, { type: 'before', at: Date.UTC(2100, 0) }))
    const next = payloadOf({ projectId, createdAt: Date.now() + 1_000 })
    await write(next)
    expect((await kept(projectId, [next])).size).toBe(1)
  })

  it('leave no word behind where they are written and erased at the same time', async () => {
    const projectId = await newProject(suite)
    const { archive, ledger, writer } = replica(suite)
    const answer = { ...ANSWER, text: 'Raced' }
    const calls = Array.from({ length: 60 }, () => settledCall({ projectId, endUser: 'ann', answer }))
    for (const { id } of calls) await ledger.claim({ projectId, key: id, inputHash: 'h', callId: id })
    const settling = calls.map(async (call, at) => {
      await new Promise((resolve) => setTimeout(resolve, at / 2))
      await ledger.settle(call)
      writer.keep(call.id, () => payloadOf({ ...call, callId: call.id }))
    })
    await settling[10]
    await archive.erase(request(projectId, { type: 'endUser', endUser: 'ann' }))
    await Promise.all(settling)
    await writer.close()
    await ledger.close()
    const [left] = await suite.database().sql`
      select (select count(*)::int from payload where project_id = ${projectId}::uuid) as payloads,
        (select count(*)::int from idempotency where project_id = ${projectId}::uuid and answer is not null) as answers`
    expect(left).toEqual({ payloads: 0, answers: 0 })
  })

  it('are erased with a line in the audit log that does not name the end user', async () => {
    const projectId = await newProject(suite)
    await write(payloadOf({ projectId, endUser: 'ann@example.com' }))
    const { archive } = replica(suite)
    const subject = { type: 'endUser', endUser: 'ann@example.com' } as const
    await archive.erase({ projectId, subject, apiKeyId: null, comment: 'request 17' })
    const rows = await suite.database().sql`
      select action, subject, comment, changes::text as changes from audit
      where project_id = ${projectId}::uuid and action = 'ERASE_PAYLOADS'`
    expect(rows).toMatchObject([{ subject: 'payloads/endUser', comment: 'request 17' }])
    expect(JSON.parse(rows[0]?.changes)).toEqual([
      { path: 'payloads', before: 1, after: 0 },
      { path: 'answers', before: 0, after: 0 },
      { path: 'comments', before: 0, after: 0 },
    ])
  })

  it('of a call or a project that is not there are not erased', async () => {
    const projectId = await newProject(suite)
    const { archive } = replica(suite)
    expect(await archive.erase(request(projectId, { type: 'call', callId: newId() }))).toBeNull()
    expect(await archive.erase(request(newId(), { type: 'before', at: Date.now() }))).toBeNull()
  })
})

describePostgres('payloads while the database is slow', (suite) => {
  it('are dropped beyond the memory that is set aside, and those within it are written', async () => {
    const warnings: string[] = []
    const logger = { ...quiet, warn: (_: unknown, message: string) => void warnings.push(message) }
    const writer = payloadWriter(suite.database(), { clock: systemClock, logger, mostBytes: 100_000 })
    const random = () => ({ text: Array.from({ length: 4_000 }, () => Math.random().toString(36)).join('') })
    const payloads = Array.from({ length: 8 }, () => payloadOf({ request: random() }))
    await suite.database().sql.begin(async (tx) => {
      await tx`lock table payload`
      for (const payload of payloads) writer.keep(payload.callId, () => payload)
      // All of them are made, and as many as there is room for wait for the lock.
      await expect.poll(() => warnings.length).toBeGreaterThan(0)
    })
    await writer.close()
    const [row] = await suite.database().sql`
      select count(*)::int as n from payload where call_id = any(${textArray(payloads.map(({ callId }) => callId))}::uuid[])`
    expect(row?.n).toBeGreaterThan(0)
    expect(row?.n).toBeLessThan(payloads.length)
    expect(warnings[0]).toContain('Payloads are not kept')
  })
})
