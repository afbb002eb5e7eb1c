import type { Clock } from '../../core/clock.ts'
import type { PayloadArchive } from '../../core/payload.ts'
import { LedgerUnavailable } from '../../core/unavailable.ts'
import type { Database } from '../../database/database.ts'
import { failureOf } from '../../database/failure.ts'
import { bounded, patiently } from '../../database/patience.ts'
import { erasePayloads } from './erase-payloads.ts'
import type { ClosablePayloadWriter } from './payload-writer.ts'
import { readPayloads } from './read-payloads.ts'

const READ_WAIT_MS = 2_000
/** An erasure takes many small steps. */
const ERASE_WAIT_MS = 60_000

/**
 * Reads payloads and erases them. Everything throws LedgerUnavailable where the database is away for too long.
 * @param writer of this process: what it has in hand is waited for before it is looked for
 */
export function payloadArchive(
  database: Database,
  clock: Clock,
  writer: Pick<ClosablePayloadWriter, 'written'>,
): PayloadArchive {
  return {
    async read(projectId, callIds, part) {
      await bounded(clock, READ_WAIT_MS, writer.written(callIds))
      return await patiently(clock, READ_WAIT_MS, () => readPayloads(database, { projectId, callIds, part }))
    },
    erase: (request) => once(clock, erasePayloads(database, clock, request)),
  }
}

/** Not repeated where its commit is unknown: it would be in the audit log twice. */
async function once<T>(clock: Clock, work: Promise<T>): Promise<T> {
  try {
    return await bounded(clock, ERASE_WAIT_MS, work)
  } catch (error) {
    if (failureOf(error) !== 'away') throw error
    throw new LedgerUnavailable('The database is away', { cause: error })
  }
}
