import type { Clock } from '../../core/clock.ts'
import type { Payload, PayloadWriter } from '../../core/payload.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { Database } from '../../database/database.ts'
import { groupCommit } from '../group-commit.ts'
import { type PayloadRow, payloadRow, sizeOfRow } from './payload-row.ts'
import { writePayloads } from './write-payloads.ts'

export interface PayloadWriterDependencies {
  readonly clock: Clock
  readonly logger: Logger
  /** How much may wait to be written, in bytes as they are sent; 64 MiB unless told. */
  readonly mostBytes?: number
}

export interface ClosablePayloadWriter extends PayloadWriter {
  /** Resolves when those of these calls that this process has in hand are written or dropped. */
  written(callIds: readonly string[]): Promise<void>
  /** Writes what is still to be written, for at most five seconds, and stops. */
  close(): Promise<void>
}

const MOST_BYTES = 64 * 1024 * 1024
const CLOSE_WAIT_MS = 5_000

/**
 * Writes payloads in groups of their own, beside the ledger's: a call is answered without waiting for them, and one that
 * can't be written is dropped, with a line in the log. While the database is away they wait, as many as memory is set
 * aside for.
 */
export function payloadWriter(database: Database, dependencies: PayloadWriterDependencies): ClosablePayloadWriter {
  const { clock, logger, mostBytes = MOST_BYTES } = dependencies
  const inHand = new Map<string, Promise<void>>()
  let bytes = 0
  let dropped = 0
  const rows = groupCommit<PayloadRow, void>({
    name: 'payloads',
    write: async (batch) => {
      await writePayloads(database, batch)
      return []
    },
    describe: (row) => ({ callId: row.callId }),
    clock,
    logger,
  })

  async function write(callId: string, make: () => Payload): Promise<void> {
    await nextTurn(clock)
    if (bytes >= mostBytes) return drop(callId)
    const row = await payloadRow(make())
    const size = sizeOfRow(row)
    if (bytes + size > mostBytes) return drop(callId)
    bytes += size
    try {
      await rows.add(row, 'now')
    } finally {
      bytes -= size
    }
  }

  /** Told as often as it has doubled: there may be very many. */
  function drop(callId: string): void {
    dropped += 1
    if (Number.isInteger(Math.log2(dropped))) {
      logger.warn({ callId, dropped, waitingBytes: bytes }, 'Payloads are not kept: too many wait for the database')
    }
  }

  return {
    keep(callId, make) {
      const done = write(callId, make)
        // A row that was refused or given up is in the log already.
        .catch((error: unknown) => logger.warn({ err: error, callId }, 'A payload is not kept'))
        .finally(() => inHand.delete(callId))
      inHand.set(callId, done)
    },
    async written(callIds) {
      await Promise.all(callIds.flatMap((id) => inHand.get(id) ?? []))
    },
    async close() {
      const late = Promise.withResolvers<void>()
      const cancel = clock.after(CLOSE_WAIT_MS, late.resolve)
      await Promise.race([Promise.all(inHand.values()), late.promise])
      cancel()
      await rows.close(0)
    },
  }
}

/** The answer goes first. */
function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(0, resolve))
}
