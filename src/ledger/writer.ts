import type { Clock } from '../core/clock.ts'
import { NO_COST_PARTS } from '../core/cost.ts'
import type { Admission, LedgerWriter, OpenedCall, SettledCall } from '../core/ledger.ts'
import type { Reservation } from '../core/quota.ts'
import type { Logger } from '../core/telemetry.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import { NO_USAGE } from '../core/usage.ts'
import type { Database } from '../database/database.ts'
import { bounded, patiently } from '../database/patience.ts'
import { type AdmissionRequest, admit } from './admission.ts'
import { groupCommit } from './group-commit.ts'
import { claimKey } from './idempotency-claim.ts'
import { renewLeases } from './lease.ts'
import { keepPartitions } from './partition-keeper.ts'
import { quotaBook } from './quota-book.ts'
import { type CallRecord, writeRecords } from './settlement.ts'
import { sweepLedger } from './sweep.ts'

export interface LedgerWriterDependencies {
  readonly clock: Clock
  readonly logger: Logger
  /** How long `settle` waits for its commit, in milliseconds; 10 seconds unless told. */
  readonly settleWaitMs?: number
  /** How long `open`, `claim`, `renew` and `sweep` wait for the database, in milliseconds; 5 seconds unless told. */
  readonly openWaitMs?: number
}

export interface ClosableLedgerWriter extends LedgerWriter {
  /** Writes what is still to be written, for at most ten seconds, and stops. */
  close(): Promise<void>
}

const SETTLE_WAIT_MS = 10_000
const OPEN_WAIT_MS = 5_000
const CLOSE_WAIT_MS = 10_000
/** More rows than this wait only when the database is away, and then no call is let in. */
const MOST_WAITING = 50_000

/** The writing side of the ledger. All calls of a process go through one of these, which commits them in groups. */
export function ledgerWriter(database: Database, dependencies: LedgerWriterDependencies): ClosableLedgerWriter {
  const { clock, logger, settleWaitMs = SETTLE_WAIT_MS, openWaitMs = OPEN_WAIT_MS } = dependencies
  const book = quotaBook(database, clock, openWaitMs)
  const stopPartitions = keepPartitions(database, { clock, logger })
  const records = groupCommit<CallRecord, void>({
    name: 'calls',
    write: async (rows) => {
      await writeRecords(database, rows)
      return []
    },
    describe: (record) => ({ callId: record.call.id, record: record.type }),
    clock,
    logger,
  })
  const admissions = groupCommit<AdmissionRequest, Admission>({
    name: 'admissions',
    write: (rows, attempt) => admit(database, rows, attempt),
    describe: (request) => ({ callId: request.call.id }),
    clock,
    logger,
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

  async function reserve(request: AdmissionRequest): Promise<Admission> {
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
      inBackground({ type: 'opened', call })
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
      stopPartitions()
      await admissions.close(CLOSE_WAIT_MS)
      await records.close(CLOSE_WAIT_MS)
    },
  }
}

/** A call that was let in when nobody waited for it any more. */
function neverMade(call: OpenedCall, reservations: readonly Reservation[], now: number): SettledCall {
  return {
    ...call,
    status: 'REFUSED',
    finishedAt: now,
    provider: null,
    model: null,
    error: null,
    usage: NO_USAGE,
    cost: { priced: true, parts: NO_COST_PARTS, wasted: 0n, saved: 0n },
    latency: { totalMs: Math.max(0, now - call.createdAt), firstTokenMs: null, overheadMs: 0 },
    attempts: [],
    cacheStatus: 'BYPASS',
    plan: null,
    lastSeq: 0,
    reservations,
    answer: null,
  }
}
