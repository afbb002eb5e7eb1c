import type { OpenedCall, SettledCall } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { Admission, LedgerWriter } from '../core/ledger.ts'
import { KEEP_ALL, type RetentionSettings } from '../core/settings.ts'
import type { Logger } from '../core/telemetry.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import type { Database } from '../database/database.ts'
import { bounded, patiently } from '../database/patience.ts'
import { groupCommit } from './group-commit.ts'
import { runLedgerJobs } from './ledger-jobs.ts'
import { type AdmissionRequest, admit } from './quota/admission.ts'
import { quotaBook } from './quota/quota-book.ts'
import { claimKey } from './settlement/idempotency-claim.ts'
import { renewLeases } from './settlement/lease.ts'
import { neverMade } from './settlement/never-made.ts'
import { type CallRecord, writeRecords } from './settlement/settlement.ts'
import { sweepLedger } from './settlement/sweep.ts'
import { callSpool } from './spool/call-spool.ts'
import type { MemoryBound } from './spool/spooling.ts'

export interface LedgerWriterDependencies {
  readonly clock: Clock
  readonly logger: Logger
  /** How long `settle` waits for its commit, in milliseconds; 10 seconds unless told. */
  readonly settleWaitMs?: number
  /** How long `open`, `claim`, `renew` and `sweep` wait for the database, in milliseconds; 5 seconds unless told. */
  readonly openWaitMs?: number
  /** How long a write may stay without an answer before its connection is given up, in milliseconds; 15 seconds unless told. */
  readonly silenceMs?: number
  /** How long `close` tries to write what is left, in milliseconds; 10 seconds unless told. */
  readonly closeWaitMs?: number
  /** A folder for calls that can't be written while the database is away; null keeps them in memory alone. */
  readonly spoolDirectory?: string | null
  /** How many of those are in memory too; 20,000 rows and 64 MiB unless told. */
  readonly memoryBound?: MemoryBound
  /** What is dropped when it is older; nothing unless told. */
  readonly retention?: RetentionSettings
}

export interface ClosableLedgerWriter extends LedgerWriter {
  /** Writes what is still to be written, for at most `closeWaitMs`, puts the rest on disk, and stops. */
  close(): Promise<void>
}

const SETTLE_WAIT_MS = 10_000
const OPEN_WAIT_MS = 5_000
const CLOSE_WAIT_MS = 10_000
const SILENCE_MS = 15_000
/** Nothing could be written for so long: the database may be away. */
const HESITANT_MS = 500
/** More rows than this wait only when the database is away, and then no call is let in. */
const MOST_WAITING = 50_000

/** The writing side of the ledger. All calls of a process go through one of these, which commits them in groups. */
export function ledgerWriter(database: Database, dependencies: LedgerWriterDependencies): ClosableLedgerWriter {
  const {
    clock,
    logger,
    settleWaitMs = SETTLE_WAIT_MS,
    openWaitMs = OPEN_WAIT_MS,
    closeWaitMs = CLOSE_WAIT_MS,
  } = dependencies
  const silence = { afterMs: dependencies.silenceMs ?? SILENCE_MS, onSilent: () => database.renew() }
  const book = quotaBook(database, clock, openWaitMs)
  const stopJobs = runLedgerJobs(database, { clock, logger, retention: dependencies.retention ?? KEEP_ALL })
  const spool = spoolOf(dependencies)
  const records = groupCommit<CallRecord, void>({
    name: 'calls',
    write: async (rows) => {
      await writeRecords(database, rows)
      return []
    },
    describe: (record) => ({ callId: record.call.id, record: record.type }),
    clock,
    logger,
    silence,
    spool: spool?.options ?? null,
  })
  spool?.start(records)
  const admissions = groupCommit<AdmissionRequest, Admission>({
    name: 'admissions',
    write: (rows, attempt) => admit(database, rows, attempt),
    describe: (request) => ({ callId: request.call.id }),
    clock,
    logger,
    silence,
  })

  function settle(call: SettledCall): Promise<void> {
    const written = records.add({ type: 'settled', call }, 'now')
    return bounded(clock, settleWaitMs, written)
  }

  /** Nobody waits for these; what becomes of them is in the log. */
  function inBackground(record: CallRecord): void {
    records.add(record, 'soon').catch(() => {})
  }

  function refuseWhileAway(): void {
    if (records.stalledMs() > openWaitMs) throw new LedgerUnavailable('The database is away')
    if (records.size() > MOST_WAITING) throw new LedgerUnavailable('Too many calls wait for the database')
  }

  /** While the database seems to be away, a call waits for its row: better than to buy an answer that nobody gets. */
  async function openInTime(call: OpenedCall): Promise<void> {
    const opened = records.add({ type: 'opened', call }, 'now')
    try {
      await bounded(clock, openWaitMs, opened)
    } catch (error) {
      inBackground({ type: 'settled', call: neverMade(call, [], clock.now()) })
      throw error
    }
  }

  /** Those that are given up below still wait to be decided. */
  function refuseWhileUndecided(): void {
    if (admissions.stalledMs() > openWaitMs) throw new LedgerUnavailable('The database decides on no call')
    if (admissions.size() > MOST_WAITING) throw new LedgerUnavailable('Too many calls wait to be decided on')
  }

  async function reserve(request: AdmissionRequest): Promise<Admission> {
    refuseWhileUndecided()
    const decided = admissions.add(request, 'now')
    try {
      return await bounded(clock, openWaitMs, decided)
    } catch (error) {
      // The call is not made, so a reservation that comes too late is given back.
      if (error instanceof LedgerUnavailable)
        decided.then(
          (late) => giveBack(request.call, late),
          () => {},
        )
      throw error
    }
  }

  function giveBack(call: OpenedCall, admission: Admission): void {
    if (admission.type === 'admitted') {
      inBackground({ type: 'settled', call: neverMade(call, admission.reservations, clock.now()) })
    }
  }

  return {
    async open(call, bound) {
      refuseWhileAway()
      const found = book.applying(call)
      const quotas = found instanceof Promise ? await found : found
      if (quotas.length > 0) return await reserve({ call, bound, quotas })
      if (records.stalledMs() > HESITANT_MS) await openInTime(call)
      else inBackground({ type: 'opened', call })
      return { type: 'admitted', reservations: [] }
    },
    settle,
    async claim(request) {
      // Its call could not be opened, and would hold the key without a row.
      refuseWhileAway()
      return await patiently(clock, openWaitMs, () => claimKey(database, request, clock.now()))
    },
    renew: (callIds, leaseUntil) => patiently(clock, openWaitMs, () => renewLeases(database, callIds, leaseUntil)),
    sweep: (now) => sweepLedger(database, clock, { now, waitMs: openWaitMs }),
    async flush() {
      await Promise.all([admissions.flush(), records.flush()])
    },
    async close() {
      await bounded(clock, closeWaitMs, stopJobs()).catch(() => {})
      await admissions.close(closeWaitMs)
      // What is being read back is left for the next process.
      const readBack = spool?.close()
      await records.close(closeWaitMs)
      await readBack
    },
  }
}

function spoolOf({ spoolDirectory, memoryBound, clock, logger }: LedgerWriterDependencies) {
  if (!spoolDirectory) return null
  return callSpool({ folder: spoolDirectory, clock, logger, ...(memoryBound && { bound: memoryBound }) })
}
