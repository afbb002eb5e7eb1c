import type { Clock } from '../core/clock.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Database } from '../database/database.ts'
import { ensurePartitions } from '../database/partitions.ts'

const EVERY_MS = 6 * 60 * 60 * 1000

/** Makes the partitions of coming months as time goes on; the returned function ends that. */
export function keepPartitions(
  database: Database,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): () => void {
  let cancel = clock.after(EVERY_MS, look)

  function look(): void {
    cancel = clock.after(EVERY_MS, look)
    ensurePartitions(database, clock.now()).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      logger.warn({ error: message }, 'Partitions could not be made; calls go to the default one meanwhile')
    })
  }

  return () => cancel()
}
