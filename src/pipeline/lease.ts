import type { Clock } from '../core/clock.ts'
import type { LedgerWriter } from '../core/ledger.ts'
import type { Logger } from '../core/telemetry.ts'
import type { LiveCalls } from './live/live-calls.ts'

/** How long a running call is taken for alive after its process last said so, in milliseconds. */
export const LEASE_MS = 60_000

const RENEW_EVERY_MS = 15_000

interface LeaseParts {
  readonly ledger: LedgerWriter
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Renews the leases of this process's calls, settles calls whose process died, and drops what need not be kept any more,
 * every fifteen seconds.
 * @returns what stops it
 */
export function keepLeases({ ledger, clock, logger }: LeaseParts, live: LiveCalls): () => void {
  let stopped = false
  let cancel = clock.after(0, () => void tick())

  async function tick(): Promise<void> {
    live.prune()
    try {
      const ids = live.running().map((call) => call.id)
      if (ids.length > 0) await ledger.renew(ids, clock.now() + LEASE_MS)
      const abandoned = await ledger.sweep(clock.now())
      if (abandoned > 0) logger.warn({ abandoned }, 'settled calls whose process died')
    } catch (error) {
      logger.warn({ err: error }, 'leases could not be renewed; trying again')
    }
    if (!stopped) cancel = clock.after(RENEW_EVERY_MS, () => void tick())
  }

  return () => {
    stopped = true
    cancel()
  }
}
