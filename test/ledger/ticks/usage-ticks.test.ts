import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SettledCall } from '../../../src/core/call.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { LedgerUnavailable } from '../../../src/core/unavailable.ts'
import type { UsageQuery } from '../../../src/core/usage-report.ts'
import type { UsageCounts, UsageTick } from '../../../src/core/usage-tick.ts'
import { type Database, openDatabase } from '../../../src/database/database.ts'
import { ledgerReader } from '../../../src/ledger/reader.ts'
import { usageSignals } from '../../../src/ledger/ticks/usage-signals.ts'
import { type UsageTicksParts, usageTicks } from '../../../src/ledger/ticks/usage-ticks.ts'
import { addDifference, NO_COUNTS } from '../../../src/ledger/usage/usage-counts.ts'
import { ledgerWriter } from '../../../src/ledger/writer.ts'
import { describeDatabases } from '../../support/database.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { newId, quiet, settledCall } from '../sample-calls.ts'

const NO_FILTER: UsageQuery['filter'] = { status: [], provider: [], model: [], tags: [], endUser: null }

function sumOf(ticks: readonly UsageTick[]): UsageCounts {
  return ticks.reduce((sum, { counts }) => addDifference(sum, counts, NO_COUNTS), NO_COUNTS)
}

/** Reads ticks until together they have this many calls. */
async function ticksUntil(ticks: AsyncIterable<UsageTick>, calls: number): Promise<UsageTick[]> {
  const read: UsageTick[] = []
  for await (const tick of ticks) {
    read.push(tick)
    if (sumOf(read).calls >= calls) return read
  }
  throw new Error('The ticks ended too early')
}

function started<T>(value: T | null): T {
  if (value === null) throw new Error('Nothing may be followed')
  return value
}

describeDatabases('ticks of usage', (suite) => {
  let second: Database | null = null
  beforeAll(async () => {
    second = await openDatabase(suite.settings())
  })
  afterAll(() => second?.close())

  /** A replica: it settles calls and tells of them, and lets its usage be followed. */
  function replica(database: Database) {
    const signals = usageSignals(database, systemClock)
    const writer = ledgerWriter(database, { clock: systemClock, logger: quiet })
    const reader = ledgerReader(database)
    return {
      reader,
      ticks: usageTicks({ ledger: reader, signals, clock: systemClock }),
      async settle(call: SettledCall) {
        await writer.settle(call)
        signals.changed(call.projectId)
      },
      async close() {
        await writer.close()
        signals.close()
      },
    }
  }

  it('have every call of all replicas once, together what usage says', async () => {
    const [here, there] = [replica(suite.database()), replica(started(second))]
    const projectId = newId()
    await here.settle(settledCall({ projectId }))
    const all = started(here.ticks.follow({ projectId, filter: NO_FILTER, everyMs: 20 }))
    const filter = { ...NO_FILTER, status: ['FAILED'] as const, endUser: 'ann' }
    const some = started(there.ticks.follow({ projectId, filter, everyMs: 20 }))
    const first = await all.next()
    expect(first).toMatchObject({ done: false, value: { counts: NO_COUNTS } })
    expect(await some.next()).toMatchObject({ done: false, value: { counts: NO_COUNTS } })

    const CALLS = 60
    const reading = Promise.all([ticksUntil(all, CALLS), ticksUntil(some, CALLS / 4)])
    for (let at = 0; at < CALLS; at += 6) {
      const calls = Array.from({ length: 6 }, (_, each) =>
        settledCall({
          projectId,
          endUser: (at + each) % 2 === 0 ? 'ann' : 'bob',
          ...((at + each) % 4 === 0 && { status: 'FAILED' as const }),
        }),
      )
      await Promise.all(calls.map((call, each) => (each % 2 === 0 ? here : there).settle(call)))
    }
    await here.settle(settledCall({ projectId: newId() }))
    const [read, readSome] = await reading

    const range = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000 }
    const usage = await here.reader.usage(projectId, { range, groupBy: [], interval: null, filter: NO_FILTER })
    const before = settledCall()
    const { input, cachedInput, cacheWrite, output } = before.cost.parts
    expect(sumOf(read)).toMatchObject({
      calls: usage.total.calls - 1,
      failed: CALLS / 4,
      inputTokens: usage.total.inputTokens - before.usage.inputTokens,
      outputTokens: usage.total.outputTokens - before.usage.outputTokens,
      cost: usage.total.cost - (input + cachedInput + cacheWrite + output),
      wasted: usage.total.wasted - before.cost.wasted,
    })
    expect(sumOf(readSome)).toMatchObject({ calls: CALLS / 4, failed: CALLS / 4, succeeded: 0 })
    read.reduce((end, tick) => {
      expect(tick.from).toBe(end)
      return tick.to
    }, first.value?.to)
    await Promise.all([here.close(), there.close()])
  })

  it('tell of what another replica settled although no notice of it came', async () => {
    const quietly = { watch: () => () => {} }
    const there = replica(started(second))
    const clock = manualClock(Date.now())
    const ledger = ledgerReader(suite.database())
    const projectId = newId()
    const ticks = started(
      usageTicks({ ledger, signals: quietly, clock }).follow({ projectId, filter: NO_FILTER, everyMs: 1_000 }),
    )
    await ticks.next()
    await there.settle(settledCall({ projectId }))
    const calls: number[] = []
    for (let second = 1; second <= 6; second += 1) {
      const next = ticks.next()
      await new Promise(setImmediate)
      clock.pass(1_000)
      calls.push((await next).value?.counts.calls ?? -1)
    }
    expect(calls).toEqual([0, 1, 0, 0, 0, 0])
    await there.close()
  })
})

describe('whoever follows usage', () => {
  const HOUR_MS = 3_600_000
  const NOW = 1_750_000_000_000
  const THIS_HOUR = Math.floor(NOW / HOUR_MS) * HOUR_MS

  /** A ledger that counts calls by the hour, and what is asked of it. */
  function room() {
    const clock = manualClock(NOW)
    const calls = new Map<number, number>()
    const asked: UsageQuery[] = []
    const watching = new Set<() => void>()
    let away = false
    const ledger: UsageTicksParts['ledger'] = {
      usage: async (_projectId, query) => {
        asked.push(query)
        if (away) throw new LedgerUnavailable('away')
        const { from, to } = query.range
        const metrics = (n: number) => ({ ...NO_COUNTS, calls: n, latency: new Map(), firstToken: new Map() })
        const rows = [...calls].filter(([hour]) => hour >= from && hour < to)
        const shown = rows.map(([hour, n]) => ({ periodStart: hour, group: [], tag: null, metrics: metrics(n) }))
        return { total: metrics(0), rows: shown, folded: 0 }
      },
    }
    const signals: UsageTicksParts['signals'] = {
      watch: (_projectId, onChange) => {
        watching.add(onChange)
        return () => watching.delete(onChange)
      },
    }
    return {
      clock,
      asked,
      watching,
      ticks: usageTicks({ ledger, signals, clock }),
      setAway(is: 'away' | 'back') {
        away = is === 'away'
      },
      count(hour: number, n: number) {
        calls.set(hour, (calls.get(hour) ?? 0) + n)
        for (const onChange of watching) onChange()
      },
    }
  }

  const query = { projectId: 'p', filter: NO_FILTER, everyMs: 1_000 }

  async function nextAfter(ticks: AsyncIterableIterator<UsageTick>, clock: { pass(ms: number): void }, ms: number) {
    const next = ticks.next()
    await new Promise(setImmediate)
    clock.pass(ms)
    return (await next).value?.counts.calls
  }

  it('costs the ledger nothing while nothing happens, and one look for all that did', async () => {
    const { ticks, clock, asked, count } = room()
    const followed = started(ticks.follow(query))
    await followed.next()
    expect(asked).toHaveLength(1)
    expect(await nextAfter(followed, clock, 1_000)).toBe(0)
    expect(asked).toHaveLength(1)
    count(THIS_HOUR, 3)
    count(THIS_HOUR - HOUR_MS, 4)
    expect(await nextAfter(followed, clock, 1_000)).toBe(7)
    expect(asked).toHaveLength(2)
  })

  it('gets longer ticks where it reads slowly, and loses nothing', async () => {
    const { ticks, clock, count } = room()
    const followed = started(ticks.follow(query))
    await followed.next()
    for (let hour = 0; hour < 30; hour += 1) {
      count(THIS_HOUR + hour * HOUR_MS, 1)
      clock.pass(HOUR_MS)
    }
    // What came in more than a day before a look is not in it.
    expect(await nextAfter(followed, clock, 1_000)).toBe(24)
    expect(await nextAfter(followed, clock, 1_000)).toBe(0)
  })

  it('sees corrections as numbers below zero, and hours that grow old as nothing', async () => {
    const { ticks, clock, count } = room()
    count(THIS_HOUR - 24 * HOUR_MS, 50)
    count(THIS_HOUR, 5)
    const followed = started(ticks.follow(query))
    await followed.next()
    count(THIS_HOUR, -2)
    expect(await nextAfter(followed, clock, 1_000)).toBe(-2)
    expect(await nextAfter(followed, clock, HOUR_MS)).toBe(0)
  })

  it('gets empty ticks while the database is away, and all of it afterwards', async () => {
    const { ticks, clock, count, setAway } = room()
    const followed = started(ticks.follow(query))
    await followed.next()
    setAway('away')
    count(THIS_HOUR, 2)
    expect(await nextAfter(followed, clock, 1_000)).toBe(0)
    count(THIS_HOUR, 3)
    setAway('back')
    expect(await nextAfter(followed, clock, 1_000)).toBe(5)
  })

  it('is told where the database is away from the start', async () => {
    const { ticks, setAway, watching } = room()
    setAway('away')
    const followed = started(ticks.follow(query))
    await expect(followed.next()).rejects.toThrow(LedgerUnavailable)
    expect(await followed.next()).toEqual({ done: true, value: undefined })
    expect(watching.size).toBe(0)
  })

  it('may leave at any time, and leaves nothing behind', async () => {
    const { ticks, clock, asked, watching } = room()
    const followed = started(ticks.follow(query))
    await followed.next()
    const pending = followed.next()
    await new Promise(setImmediate)
    await followed.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(watching.size).toBe(0)
    clock.pass(60_000)
    await new Promise(setImmediate)
    expect(asked).toHaveLength(1)
  })

  it('is sent away when the replica stops, also who comes later', async () => {
    const { ticks, watching } = room()
    const [one, two] = [started(ticks.follow(query)), started(ticks.follow(query))]
    await one.next()
    const pending = one.next()
    ticks.close()
    expect(await Promise.all([pending, two.next()])).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ])
    expect(await started(ticks.follow(query)).next()).toEqual({ done: true, value: undefined })
    expect(watching.size).toBe(0)
  })

  it('is turned away where a hundred of its project are there already, until one goes', () => {
    const { ticks } = room()
    const followers = Array.from({ length: 100 }, () => started(ticks.follow(query)))
    expect(ticks.follow(query)).toBeNull()
    expect(ticks.follow({ ...query, projectId: 'q' })).not.toBeNull()
    void followers[0]?.return?.()
    expect(ticks.follow(query)).not.toBeNull()
  })
})
