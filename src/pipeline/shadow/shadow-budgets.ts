import type { Clock } from '../../core/clock.ts'
import type { LedgerReader } from '../../core/ledger.ts'
import type { Picodollars } from '../../core/money.ts'
import type { ShadowBudget } from '../../core/route-policy.ts'
import { SHADOW_ROUTE } from '../../core/shadow-tags.ts'
import type { TimeRange } from '../../core/time-range.ts'

/** How old what the ledger said may be: what other replicas spent since is not counted yet. */
const FRESH_MS = 30_000

const LENGTH_MS = { hour: 3_600_000, day: 86_400_000 } satisfies Record<ShadowBudget['per'], number>

/** What one copy may cost. */
export interface ShadowReservation {
  readonly amount: Picodollars
  /** Puts what was really spent in the place of the reservation. Call it exactly once. */
  settle(spent: Picodollars): void
}

export interface ShadowDemand {
  readonly projectId: string
  /** The route whose budget it is. */
  readonly route: string
  readonly budget: ShadowBudget
  /** What a copy is expected to cost: with less left it is not sent. */
  readonly expected: Picodollars
  /** What it can cost at most. */
  readonly bound: Picodollars
}

/** The budgets of copies, by project, route and hour or day of UTC. */
export interface ShadowBudgets {
  /** Sets aside what a copy may cost; null where too little is left. */
  reserve(demand: ShadowDemand): Promise<ShadowReservation | null>
}

interface Account {
  readonly window: TimeRange
  /** When the ledger was asked, by the monotonic clock. */
  askedAt: number
  /** What was spent by then, on all replicas. */
  ledger: Promise<Picodollars>
  /** What this process spent since. */
  since: Picodollars
  reserved: Picodollars
}

/**
 * Copies are paid for out of what the ledger says is left, less what this process has reserved and spent since it asked.
 * One replica never passes a budget; several may by what the others spend within half a minute.
 */
export function shadowBudgets(reader: Pick<LedgerReader, 'usage'>, clock: Clock): ShadowBudgets {
  const accounts = new Map<string, Account>()

  function ask(projectId: string, route: string, range: TimeRange): Promise<Picodollars> {
    const tags = [{ key: SHADOW_ROUTE, value: route }]
    const filter = { status: [], provider: [], model: [], tags, endUser: null }
    return reader.usage(projectId, { range, groupBy: [], interval: null, filter }).then(({ total }) => total.cost)
  }

  function accountOf({ projectId, route, budget }: ShadowDemand): Account {
    const window = windowAt(clock.now(), LENGTH_MS[budget.per])
    const id = `${projectId} ${route} ${window.from}`
    const known = accounts.get(id)
    if (known !== undefined && clock.monotonic() - known.askedAt < FRESH_MS) return known
    for (const [key, { window: old }] of accounts) if (old.to <= clock.now()) accounts.delete(key)
    const account = known ?? { window, askedAt: 0, ledger: Promise.resolve(0n), since: 0n, reserved: 0n }
    account.askedAt = clock.monotonic()
    account.ledger = ask(projectId, route, window)
    account.since = 0n
    // Where the ledger could not be asked, the next copy asks again.
    account.ledger.catch(() => {
      account.askedAt = Number.NEGATIVE_INFINITY
    })
    accounts.set(id, account)
    return account
  }

  return {
    async reserve(demand) {
      const account = accountOf(demand)
      const spent = await account.ledger
      const left = demand.budget.amount - spent - account.since - account.reserved
      if (left <= 0n || left < demand.expected) return null
      const amount = demand.bound < left ? demand.bound : left
      account.reserved += amount
      return {
        amount,
        settle(cost) {
          account.reserved -= amount
          account.since += cost
        },
      }
    },
  }
}

function windowAt(now: number, lengthMs: number): TimeRange {
  const from = Math.floor(now / lengthMs) * lengthMs
  return { from, to: from + lengthMs }
}
