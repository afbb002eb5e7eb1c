import type { Clock } from '../core/clock.ts'
import type { RetentionSettings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import type { Database } from '../database/database.ts'
import { ensurePartitions } from '../database/partitions.ts'
import { dropExpired } from './retention.ts'
import { compactUsage } from './usage/compaction.ts'

export interface LedgerJobs {
  readonly clock: Clock
  readonly logger: Logger
  readonly retention: RetentionSettings
}

const MINUTE_MS = 60_000

interface Job {
  readonly everyMs: number
  /** For the log, where it fails. */
  readonly failure: string
  run(database: Database, jobs: LedgerJobs, signal: AbortSignal): Promise<void>
}

const JOBS: readonly Job[] = [
  {
    everyMs: 6 * 60 * MINUTE_MS,
    failure: 'Partitions could not be made; calls go to the default one meanwhile',
    run: (database, { clock }) => ensurePartitions(database, clock.now()),
  },
  {
    everyMs: 5 * MINUTE_MS,
    failure: 'Days could not be summed up; their calls are read meanwhile',
    async run(database, { clock, logger }, signal) {
      const days = await compactUsage(database, clock.now(), signal)
      if (days > 0) logger.info({ days }, 'days of the ledger were summed up')
    },
  },
  {
    everyMs: 60 * MINUTE_MS,
    failure: 'What is older than it is kept could not be dropped',
    async run(database, { clock, logger, retention }) {
      const dropped = await dropExpired(database, retention, clock.now())
      if (dropped.length > 0) logger.info({ partitions: dropped }, 'partitions older than what is kept were dropped')
    },
  },
]

/**
 * What the ledger needs done from time to time. Every replica does; where only one may, the job itself sees to that.
 * @returns ends that, and waits for a job under way
 */
export function runLedgerJobs(database: Database, jobs: LedgerJobs): () => Promise<void> {
  const stops = JOBS.map((job) => repeat(database, job, jobs))
  return async () => void (await Promise.all(stops.map((stop) => stop())))
}

function repeat(database: Database, job: Job, jobs: LedgerJobs): () => Promise<void> {
  const { clock, logger } = jobs
  let running: Promise<void> = Promise.resolve()
  const stopping = new AbortController()
  let cancel = clock.after(job.everyMs, next)

  function next(): void {
    running = job
      .run(database, jobs, stopping.signal)
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        if (!stopping.signal.aborted) logger.warn({ error: message }, job.failure)
      })
      .then(() => {
        if (!stopping.signal.aborted) cancel = clock.after(job.everyMs, next)
      })
  }

  return async () => {
    stopping.abort()
    cancel()
    await running
  }
}
