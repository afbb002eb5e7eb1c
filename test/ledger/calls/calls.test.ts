import { beforeAll, expect, it } from 'vitest'
import type { SettledCall } from '../../../src/core/call.ts'
import { newCallId } from '../../../src/core/call-id.ts'
import type { CallCursor, CallFilter } from '../../../src/core/call-list.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { clockAt, newId, openedCall, quiet, settledCall } from '../sample-calls.ts'

const ALL: CallFilter = { range: null, status: [], provider: [], model: [], tags: [], endUser: null }
const START = Date.UTC(2030, 2, 30)

describeDatabases('pages of calls', (suite) => {
  const projectId = newId()
  const stranger = newId()
  const statuses = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'REFUSED'] as const
  // Over two months, several of each millisecond, so that pages break among equals.
  const calls = Array.from({ length: 200 }, (_, i): SettledCall => {
    const id = newCallId(clockAt(START + Math.floor(i / 3) * 3_600_000))
    return settledCall({
      id,
      projectId,
      status: statuses[i % 4] ?? 'FAILED',
      provider: i % 7 === 0 ? null : `p${i % 3}`,
      model: `m${i % 5}`,
      endUser: i % 2 ? `u${i % 4}` : null,
      tags: [{ key: 'job', value: `j${i % 2}` }, ...(i % 3 ? [] : [{ key: 'team', value: 'web' }])],
      plan: null,
    })
  })
  const reader = (clock = systemClock) => ledgerReader(suite.database(), clock)

  beforeAll(async () => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    const running = openedCall({ projectId, id: newCallId(clockAt(START - 1)) })
    await writer.open(running, { USD: null, TOKENS: null })
    await Promise.all(
      [...calls, settledCall({ projectId: stranger, id: newCallId(clockAt(START)) })].map(writer.settle),
    )
    await writer.close()
  })

  async function pages(filter: CallFilter, first: number, clock = systemClock): Promise<string[]> {
    const ids: string[] = []
    let after: CallCursor | null = null
    while (true) {
      const page = await reader(clock).calls(projectId, filter, first, after)
      ids.push(...page.calls.map(({ id }) => id))
      const last = page.calls.at(-1)
      expect(page.calls.length).toBeLessThanOrEqual(first)
      if (!page.hasNextPage || !last) return ids
      expect(page.calls).toHaveLength(first)
      after = { createdAt: last.createdAt, id: last.id }
    }
  }

  const expected = (holds: (call: SettledCall) => boolean) =>
    calls
      .filter(holds)
      .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
      .map(({ id }) => id)
  const hasTag = (call: SettledCall, key: string, value: string) =>
    call.tags.some((tag) => tag.key === key && tag.value === value)

  const ended: CallFilter = { ...ALL, status: [...statuses] }
  const range = { from: START + 5 * 3_600_000, to: START + 50 * 3_600_000 }
  const cases: [string, CallFilter, (call: SettledCall) => boolean][] = [
    ['without a filter', ended, () => true],
    [
      'by status',
      { ...ALL, status: ['FAILED', 'REFUSED'] },
      ({ status }) => status === 'FAILED' || status === 'REFUSED',
    ],
    ['by provider', { ...ended, provider: ['p1', 'nobody'] }, ({ provider }) => provider === 'p1'],
    ['by model', { ...ended, model: ['m1', 'm2'] }, ({ model }) => model === 'm1' || model === 'm2'],
    ['by end user', { ...ended, endUser: 'u3' }, ({ endUser }) => endUser === 'u3'],
    ['by a tag', { ...ended, tags: [{ key: 'job', value: 'j1' }] }, (call) => hasTag(call, 'job', 'j1')],
    [
      'by two tags, which must both be there',
      {
        ...ended,
        tags: [
          { key: 'job', value: 'j1' },
          { key: 'team', value: 'web' },
        ],
      },
      (call) => hasTag(call, 'job', 'j1') && hasTag(call, 'team', 'web'),
    ],
    ['by time', { ...ended, range }, ({ createdAt }) => createdAt >= range.from && createdAt < range.to],
    [
      'by everything',
      {
        range,
        status: ['SUCCEEDED'],
        provider: ['p1', 'p2'],
        model: ['m0', 'm1', 'm3'],
        tags: [{ key: 'job', value: 'j0' }],
        endUser: null,
      },
      (call) =>
        call.createdAt >= range.from &&
        call.createdAt < range.to &&
        call.status === 'SUCCEEDED' &&
        ['p1', 'p2'].includes(call.provider ?? '') &&
        ['m0', 'm1', 'm3'].includes(call.model ?? '') &&
        hasTag(call, 'job', 'j0'),
    ],
    ['by nothing that is there', { ...ALL, endUser: "x' or true --" }, () => false],
  ]

  it.each(cases)('come newest first and whole, %s', async (_, filter, holds) => {
    expect(await pages(filter, 7)).toEqual(expected(holds))
    expect(await pages(filter, 200)).toEqual(expected(holds))
  })

  it.each(cases)('come whole where some are older than the days looked at first, %s', async (_, filter, holds) => {
    const middle = calls.reduce((sum, { createdAt }) => sum + createdAt / calls.length, 0)
    const clock = clockAt(Math.floor(middle) + 31 * 24 * 3_600_000)
    for (const first of [5, 110, 200]) expect(await pages(filter, first, clock)).toEqual(expected(holds))
  })

  it('say when there is no next page, also where the last page is full', async () => {
    expect((await reader().calls(projectId, ended, 200, null)).hasNextPage).toBe(false)
    expect((await reader().calls(projectId, ended, 199, null)).hasNextPage).toBe(true)
  })

  it('hold what is under way too, and nothing of another project', async () => {
    expect((await reader().calls(projectId, ALL, 1000, null)).calls).toHaveLength(201)
    expect((await reader().calls(stranger, ALL, 1000, null)).calls).toHaveLength(1)
    expect((await reader().calls(newId(), ALL, 1000, null)).calls).toEqual([])
  })

  it('have the attempts of all their calls in one query', async () => {
    const ids = calls.slice(0, 50).map(({ id }) => id)
    const attempts = await reader().attempts([...ids, newId(), 'nonsense'])
    expect(ids.map((id) => attempts.get(id)?.length)).toEqual(ids.map(() => 1))
    expect(attempts.get('nonsense')).toEqual([])
    expect((await reader().attempts([])).size).toBe(0)
  })
})

describeDatabases('pages by several tags, of more calls than are walked past', (suite) => {
  const projectId = newId()
  const [team, job] = [
    { key: 'team', value: 'web' },
    { key: 'job', value: 'rare' },
  ]
  const COUNT = 5_300
  const isRare = (at: number) => at < 6 || at === 40 || at > COUNT - 4
  const calls = Array.from({ length: COUNT }, (_, at) =>
    settledCall({
      id: newCallId(clockAt(START + at)),
      projectId,
      tags: isRare(at) ? [job, team] : [team],
      attempts: [],
      plan: null,
    }),
  )

  beforeAll(async () => {
    const writer = ledgerWriter(suite.database(), { clock: systemClock, logger: quiet })
    await Promise.all(calls.map(writer.settle))
    await writer.close()
  })

  it.each([1, 3, 9, 25])('come whole, %i at a time', async (first) => {
    const rare = calls.filter((_, at) => isRare(at)).map(({ id }) => id)
    const ids: string[] = []
    for (let after: CallCursor | null = null; ; ) {
      const page = await ledgerReader(suite.database()).calls(projectId, { ...ALL, tags: [team, job] }, first, after)
      ids.push(...page.calls.map(({ id }) => id))
      const last = page.calls.at(-1)
      if (!page.hasNextPage || !last) break
      after = { createdAt: last.createdAt, id: last.id }
    }
    expect(ids).toEqual(rare.toReversed())
  })
})
