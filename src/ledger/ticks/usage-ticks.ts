import type { Clock } from '../../core/clock.ts'
import type { LedgerReader } from '../../core/ledger.ts'
import type { UsageTick, UsageTickQuery, UsageTicks } from '../../core/usage-tick.ts'
import { tickIterator } from './tick-iterator.ts'
import { usageGrowth } from './usage-growth.ts'
import type { UsageSignals } from './usage-signals.ts'

export interface UsageTicksParts {
  readonly ledger: Pick<LedgerReader, 'usage'>
  readonly signals: Pick<UsageSignals, 'watch'>
  readonly clock: Clock
}

export interface ClosableUsageTicks extends UsageTicks {
  /** Ends it for all who follow. */
  close(): void
}

/** Each follower is a small query an interval while something happens, so there is an end to them. */
const MOST_OF_A_PROJECT = 100
const MOST_OF_A_REPLICA = 1_000

export function usageTicks({ ledger, signals, clock }: UsageTicksParts): ClosableUsageTicks {
  const followers = new Map<AsyncIterableIterator<UsageTick>, string>()
  let closed = false

  function hasRoom(projectId: string): boolean {
    const ofProject = [...followers.values()].filter((id) => id === projectId).length
    return ofProject < MOST_OF_A_PROJECT && followers.size < MOST_OF_A_REPLICA
  }

  return {
    follow(query: UsageTickQuery) {
      if (!hasRoom(query.projectId)) return null
      const ticks = tickIterator({
        growth: usageGrowth(ledger, query),
        watch: (onChange) => signals.watch(query.projectId, onChange),
        everyMs: query.everyMs,
        clock,
        onLeave: () => followers.delete(ticks),
      })
      followers.set(ticks, query.projectId)
      if (closed) void ticks.return?.()
      return ticks
    },
    close() {
      closed = true
      for (const ticks of [...followers.keys()]) void ticks.return?.()
    },
  }
}
