import { describe, expect, it } from 'vitest'
import type { UsageQuery } from '../../../src/core/usage-report.ts'
import { NO_COUNTS } from '../../../src/ledger/usage/usage-counts.ts'
import { shadowBudgets } from '../../../src/pipeline/shadow/shadow-budgets.ts'
import { manualClock } from '../../support/manual-clock.ts'

const NOTHING = {
  ...NO_COUNTS,
  latency: new Map(),
  firstToken: new Map(),
}

/** Budgets over a ledger that says what the test sets. */
function tested() {
  const clock = manualClock()
  const ledger = { cost: 0n, away: false, asked: [] as UsageQuery[] }
  const budgets = shadowBudgets(
    {
      async usage(_projectId, query) {
        ledger.asked.push(query)
        if (ledger.away) throw new Error('the database is away')
        return { total: { ...NOTHING, cost: ledger.cost }, rows: [], folded: 0 }
      },
    },
    clock,
  )
  const budget = { amount: 1_000n, per: 'hour' } as const
  const reserve = (bound: bigint, projectId = 'p1', expected = 1n) =>
    budgets.reserve({ projectId, route: 'watched', budget, expected, bound })
  return { clock, ledger, reserve }
}

describe('the budget of copies', () => {
  it('sets aside what a copy can cost, and no more than is left', async () => {
    const { reserve } = tested()
    expect((await reserve(700n))?.amount).toBe(700n)
    expect((await reserve(700n))?.amount).toBe(300n)
    expect(await reserve(700n)).toBeNull()
  })

  it('holds whatever comes at once', async () => {
    const { reserve } = tested()
    const all = await Promise.all(Array.from({ length: 50 }, () => reserve(90n)))
    expect(all.reduce((sum, each) => sum + (each?.amount ?? 0n), 0n)).toBe(1_000n)
  })

  it('gives back what was not spent', async () => {
    const { reserve } = tested()
    ;(await reserve(900n))?.settle(100n)
    expect((await reserve(2_000n))?.amount).toBe(900n)
  })

  it('does not send what would be cut off', async () => {
    const { reserve } = tested()
    await reserve(900n)
    expect(await reserve(500n, 'p1', 101n)).toBeNull()
    expect(await reserve(500n, 'p1', 100n)).not.toBeNull()
  })

  it('counts what the ledger knows, asked again every half minute, and not twice', async () => {
    const { clock, ledger, reserve } = tested()
    ledger.cost = 600n
    ;(await reserve(300n))?.settle(300n)
    expect((await reserve(2_000n))?.amount).toBe(100n)
    ledger.cost = 850n
    clock.pass(31_000)
    expect(await reserve(2_000n)).toMatchObject({ amount: 50n })
    expect(ledger.asked).toHaveLength(2)
    expect(ledger.asked[0]).toMatchObject({
      range: { to: (ledger.asked[0]?.range.from ?? 0) + 3_600_000 },
      filter: { tags: [{ key: 'switchyard.shadowRoute', value: 'watched' }] },
    })
  })

  it('begins anew with each hour, and for each project', async () => {
    const { clock, reserve } = tested()
    await reserve(1_000n)
    expect(await reserve(1n)).toBeNull()
    expect((await reserve(400n, 'p2'))?.amount).toBe(400n)
    clock.pass(3_600_000)
    expect((await reserve(400n))?.amount).toBe(400n)
  })

  it('sends nothing while the ledger is away, and asks again', async () => {
    const { ledger, reserve } = tested()
    ledger.away = true
    await expect(reserve(1n)).rejects.toThrow('away')
    ledger.away = false
    expect(await reserve(1n)).not.toBeNull()
  })
})
