import type { CallError } from '../../core/call-error.ts'
import type { NumberedEvent } from '../../core/events.ts'
import { LedgerUnavailable, SettlementPending, Unavailable } from '../../core/unavailable.ts'
import type { CallEvent } from '../call-event.ts'
import type { IncomingCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { keepPayload, transcriptOf } from '../payload/keep-payload.ts'
import type { Transcript } from '../payload/transcript.ts'
import { type CallRecord, startRecord } from '../record/call-record.ts'
import type { Handler, Step } from '../step.ts'

type RecordParts = Pick<EngineParts, 'ledger' | 'payloads' | 'clock' | 'logger' | 'settled'>

/**
 * Keeps the record of a call, settles it before its last event is handed on, and numbers what the client sees. A call
 * that was invalid or not allowed leaves no row.
 */
export function record(parts: RecordParts): Step<IncomingCall, IncomingCall, NumberedEvent, CallEvent> {
  return (next) => (call) => recorded(parts, call, next)
}

/** What is noted of one call; the transcript where its project keeps something of it. */
interface Notes {
  readonly kept: CallRecord
  readonly transcript: Transcript | null
}

async function* recorded(
  parts: RecordParts,
  call: IncomingCall,
  next: Handler<IncomingCall, CallEvent>,
): AsyncGenerator<NumberedEvent> {
  const kept = startRecord(parts.clock, call)
  const transcript = transcriptOf(call)
  const notes = { kept, transcript }
  try {
    for await (const event of next(call)) {
      const shown = kept.note(event)
      transcript?.note(event)
      if (kept.hasEnded()) await settle(parts, call, notes)
      if (shown) yield shown
    }
  } catch (fault) {
    if (!kept.hasEnded()) await settleFault(parts, call, notes, fault)
    throw fault
  }
}

async function settle(parts: RecordParts, call: IncomingCall, { kept, transcript }: Notes): Promise<void> {
  const { ledger, payloads, logger } = parts
  const settled = kept.settled()
  if (!settled) return
  try {
    await ledger.settle(settled)
  } catch (error) {
    if (!(error instanceof LedgerUnavailable)) throw error
    // The row is written when the database is back, and this with it.
    if (transcript !== null) keepPayload(payloads, call, settled, transcript)
    throw new SettlementPending(settled.id, { cause: error })
  }
  if (transcript !== null) keepPayload(payloads, call, settled, transcript)
  const { id, status, attempts, latency, error } = settled
  logger.debug({ callId: id, status, attempts: attempts.length, ...latency, error: error?.type }, 'call settled')
  parts.settled(call, settled)
}

const FAULT: CallError = {
  type: 'AllAttemptsFailedError',
  message: 'The gateway itself failed.',
  retryable: true,
  retryAfterMs: null,
  attempts: [],
}

/** A fault of our own still ends in a settled row: what was reserved comes back, what was spent is counted. */
async function settleFault(parts: RecordParts, call: IncomingCall, notes: Notes, fault: unknown): Promise<void> {
  // Where the ledger turned the call away nothing was spent, and nothing can be written.
  if (fault instanceof Unavailable) return
  parts.logger.error({ err: fault }, 'a call ended by a fault of the gateway')
  notes.kept.note({ type: 'failed', error: FAULT })
  await settle(parts, call, notes)
}
