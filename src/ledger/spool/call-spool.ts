import type { Clock } from '../../core/clock.ts'
import type { Logger } from '../../core/telemetry.ts'
import type { GroupCommit } from '../group-commit.ts'
import type { CallRecord } from '../settlement/settlement.ts'
import { type Recovery, recovery } from './recovery.ts'
import { spoolFile } from './spool-file.ts'
import type { MemoryBound, SpoolOptions } from './spooling.ts'

/** Beside its copy on disk; a row takes some two to four times as much in memory as there. */
const MEMORY: MemoryBound = { rows: 20_000, bytes: 64 * 1024 * 1024 }
/** From here on the database counts as away, and nothing is read back. */
const AWAY_MS = 1_000

export interface CallSpool {
  readonly options: SpoolOptions
  /** Begins to write to the ledger what other processes left. */
  start(records: GroupCommit<CallRecord, void>): void
  /** Resolves when nothing more is read back. */
  close(): Promise<void>
}

export interface CallSpoolParts {
  readonly folder: string
  readonly clock: Clock
  readonly logger: Logger
  readonly bound?: MemoryBound
}

/** The spool of calls that could not be written to the ledger yet. */
export function callSpool({ folder, clock, logger, bound = MEMORY }: CallSpoolParts): CallSpool {
  let recovering: Recovery | null = null
  return {
    options: { file: spoolFile(folder, clock), bound, onLeft: () => recovering?.look() },
    start(records) {
      recovering = recovery({
        folder,
        clock,
        logger,
        isReady: () => records.stalledMs() < AWAY_MS,
        write: (row) => records.add(callRecordOf(row), 'soon'),
      })
    },
    close: async () => recovering?.close(),
  }
}

function callRecordOf(row: unknown): CallRecord {
  const isRecord =
    typeof row === 'object' && row !== null && 'type' in row && 'call' in row && typeof row.call === 'object'
  if (!isRecord || (row.type !== 'opened' && row.type !== 'settled')) throw new TypeError('Not the record of a call')
  return row as CallRecord
}
