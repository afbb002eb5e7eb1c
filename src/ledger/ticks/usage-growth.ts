import type { LedgerReader } from '../../core/ledger.ts'
import type { UsageCounts, UsageTickQuery } from '../../core/usage-tick.ts'
import { addDifference, NO_COUNTS } from '../usage/usage-counts.ts'

const HOUR_MS = 3_600_000
/** Calls that came in longer ago are not looked at: one goes on for an hour at most. */
const HOURS_BACK = 24
/** The hour under way, and the next, which another replica's clock may have reached already. */
const HOURS_AHEAD = 2

type CountsByHour = ReadonlyMap<number, UsageCounts>

/** How much the ledger's totals have grown between one look and the next. */
export interface UsageGrowth {
  /**
   * Since the last look; nothing at the first one.
   * @throws LedgerUnavailable where the database is away; what has grown is then in the next look
   */
  look(now: number): Promise<UsageCounts>
}

/**
 * Rollups change in the transaction that settles a call, so the difference of two readings is what was settled between
 * them: on any replica, in any order, also where a notice of it was lost. Readings are whole hours of the time at which
 * calls came in, and are compared hour by hour, so that hours that grow old can be left out.
 */
export function usageGrowth(ledger: Pick<LedgerReader, 'usage'>, query: UsageTickQuery): UsageGrowth {
  let before: CountsByHour | null = null

  async function read(from: number): Promise<CountsByHour> {
    const { rows } = await ledger.usage(query.projectId, {
      range: { from, to: from + (HOURS_BACK + HOURS_AHEAD) * HOUR_MS },
      groupBy: [],
      interval: 'HOUR',
      filter: query.filter,
      quantiles: 'unwanted',
    })
    return new Map(rows.flatMap(({ periodStart, metrics }) => (periodStart === null ? [] : [[periodStart, metrics]])))
  }

  return {
    async look(now) {
      const from = (Math.floor(now / HOUR_MS) - HOURS_BACK) * HOUR_MS
      const after = await read(from)
      const known = before ?? after
      before = after
      const hours = new Set([...known.keys(), ...after.keys()])
      return [...hours]
        .filter((hour) => hour >= from)
        .reduce(
          (sum, hour) => addDifference(sum, after.get(hour) ?? NO_COUNTS, known.get(hour) ?? NO_COUNTS),
          NO_COUNTS,
        )
    },
  }
}
