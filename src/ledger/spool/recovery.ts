import { open, rm } from 'node:fs/promises'
import type { Clock } from '../../core/clock.ts'
import type { Logger } from '../../core/telemetry.ts'
import { LedgerUnavailable } from '../../core/unavailable.ts'
import { readSpool } from './read-spool.ts'
import { spoolLine } from './spool-line.ts'
import { leave, takeLeft, touch } from './spool-names.ts'

export interface RecoveryParts {
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  /** Whether rows can be written just now. */
  readonly isReady: () => boolean
  /** Writes a row; rejects with LedgerUnavailable where it can't be written yet, with something else where it never can. */
  readonly write: (row: unknown) => Promise<unknown>
}

/** Writes to the ledger what processes left in a spool. */
export interface Recovery {
  /** Looks at once, and not only when it is time. */
  look(): void
  /** Resolves when it has stopped; what it has not written yet is left for the next process. */
  close(): Promise<void>
}

/** Another process on the same folder may die at any time. */
const LOOK_EVERY_MS = 15_000

/** Looks for files that were left, now and from time to time. Writing them twice changes nothing. */
export function recovery(parts: RecoveryParts): Recovery {
  const { folder, clock, logger } = parts
  let closed = false
  let running: Promise<void> | null = null
  let cancel = clock.after(0, look)

  function look(): void {
    cancel()
    if (closed) return
    cancel = clock.after(LOOK_EVERY_MS, look)
    running ??= recoverAll()
      .catch((error: unknown) =>
        logger.warn({ err: error }, 'A spool could not be written to the ledger; trying again'),
      )
      .finally(() => {
        running = null
      })
  }

  async function recoverAll(): Promise<void> {
    while (!closed && parts.isReady()) {
      const path = await takeLeft(folder)
      if (path === null) return
      const isWritten = await recover(path).catch(async (error: unknown) => {
        await leave(path)
        throw error
      })
      if (!isWritten) return await leave(path)
      await rm(path, { force: true })
    }
  }

  /** False where the database is away again. */
  async function recover(path: string): Promise<boolean> {
    let written = 0
    for await (const { rows, unreadable } of readSpool(path)) {
      if (unreadable > 0)
        logger.warn({ file: path, lines: unreadable }, 'Lines of a spool were cut short; they are skipped')
      const results = await Promise.allSettled(rows.map(parts.write))
      const failures = results.flatMap((result, at) =>
        result.status === 'rejected' ? [{ at, error: result.reason }] : [],
      )
      if (failures.some(({ error }) => error instanceof LedgerUnavailable)) return false
      await keepRefused(
        path,
        failures.map(({ at }) => rows[at]),
      )
      written += rows.length - failures.length
      await touch(path)
    }
    logger.info({ rows: written }, 'Rows that were kept on disk while the database was away are in the ledger')
    return true
  }

  return {
    look,
    async close() {
      closed = true
      cancel()
      await running
    },
  }
}

/** What the database will never take stays on disk, for people to look at. */
async function keepRefused(path: string, rows: readonly unknown[]): Promise<void> {
  if (rows.length === 0) return
  const handle = await open(`${path}.refused`, 'a', 0o600)
  try {
    await handle.write(rows.map(spoolLine).join(''))
    await handle.datasync()
  } finally {
    await handle.close()
  }
}
