import { afterAll, beforeAll, expect, it } from 'vitest'
import type { StoredAnswer } from '../../../src/core/call.ts'
import { newCallId } from '../../../src/core/call-id.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { type ClosableLedgerWriter, ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { clockAt, newId, openedCall, PROJECT, quiet, settledCall } from '../sample-calls.ts'

const NO_BOUND = { USD: null, TOKENS: null }
const ANSWER: StoredAnswer = {
  text: 'zero: \0, half: \ud800',
  reasoning: null,
  json: undefined,
  toolCalls: [{ id: 'a', name: 'f', arguments: { x: 1 } }],
  finishReason: 'TOOL_CALLS',
  lengthLimit: null,
  providerState: null,
}

describeDatabases('idempotency keys', (suite) => {
  let writer: ClosableLedgerWriter
  beforeAll(() => {
    writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
  })
  afterAll(() => writer.close())
  const claim = (key: string, callId: string, inputHash = 'same') =>
    writer.claim({ projectId: PROJECT, key, inputHash, callId })

  it('are held by one of many that claim them at once', async () => {
    const key = newId().repeat(200)
    const ids = Array.from({ length: 20 }, newId)
    const claims = await Promise.all(ids.map((id) => claim(key, id)))
    const winner = ids[claims.findIndex(({ type }) => type === 'claimed')]
    expect(claims.filter(({ type }) => type === 'claimed')).toHaveLength(1)
    expect(claims.filter(({ type }) => type === 'held')).toHaveLength(19)
    expect(await claim(key, newId(), 'other')).toEqual({ type: 'conflict', callId: winner })
    expect(await claim(key, winner ?? '')).toEqual({ type: 'claimed' })
    expect(await writer.claim({ projectId: newId(), key, inputHash: 'same', callId: newId() })).toEqual({
      type: 'claimed',
    })
  })

  it('keep the answer of the call that succeeded, as it was', async () => {
    const key = newId()
    const call = settledCall({ answer: ANSWER })
    await claim(key, call.id)
    await writer.settle(call)
    const reader = ledgerReader(suite.database())
    expect(await reader.answer(PROJECT, call.id)).toEqual({ ...ANSWER, text: 'zero: \0, half: \ud800' })
    expect(await reader.answer(newId(), call.id)).toBeNull()
    expect(await reader.answer(PROJECT, newId())).toBeNull()
    expect(await reader.answer(PROJECT, 'nonsense')).toBeNull()
    expect(await claim(key, newId())).toEqual({ type: 'held', callId: call.id })
    const later = ledgerReader(suite.database(), clockAt(Date.now() + 25 * 3_600_000))
    expect(await later.answer(PROJECT, call.id)).toBeNull()
  })

  it('are free again when the call did not succeed', async () => {
    for (const status of ['FAILED', 'CANCELLED', 'REFUSED'] as const) {
      const key = newId()
      const call = settledCall({ status })
      await claim(key, call.id)
      await writer.settle(call)
      expect(await claim(key, newId(), 'other')).toEqual({ type: 'claimed' })
    }
  })

  it('are held by a call under way until its lease runs out, and then by one that takes over', async () => {
    const key = newId()
    const running = openedCall()
    await claim(key, running.id)
    await writer.open(running, NO_BOUND)
    await writer.flush()
    expect(await claim(key, newId())).toEqual({ type: 'held', callId: running.id })
    await writer.renew([running.id], Date.now() - 1)
    const claims = await Promise.all([claim(key, newId()), claim(key, newId())])
    expect(claims.map(({ type }) => type).sort()).toEqual(['claimed', 'held'])
  })

  it('are free again when their call never came to be, or after a day', async () => {
    const clock = (ms: number) => ({ ...systemClock, now: () => Date.now() + ms })
    const at = (ms: number) => ledgerWriter(suite.database(), { clock: clock(ms), logger: quiet })
    const [never, day] = [at(31_000), at(24 * 3_600_000 + 1000)]
    const key = newId()
    const request = (callId: string, of: string) => ({ projectId: PROJECT, key: of, inputHash: 'same', callId })
    await claim(key, newId())
    expect((await never.claim(request(newId(), key))).type).toBe('claimed')

    const kept = newId()
    const call = settledCall()
    await claim(kept, call.id)
    await writer.settle(call)
    expect((await never.claim(request(newId(), kept))).type).toBe('held')
    expect((await day.claim(request(newCallId(clock(24 * 3_600_000)), kept))).type).toBe('claimed')
    await Promise.all([never.close(), day.close()])
  })
})
