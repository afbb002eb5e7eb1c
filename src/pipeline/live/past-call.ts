import type { Attempt } from '../../core/attempt.ts'
import type { LedgerCall, StoredAnswer } from '../../core/call.ts'
import type { CallError } from '../../core/call-error.ts'
import { type Clock, sleep } from '../../core/clock.ts'
import type { NumberedEvent } from '../../core/events.ts'
import type { LedgerReader } from '../../core/ledger.ts'
import { Unavailable } from '../../core/unavailable.ts'
import { invalidRequest } from '../call-errors.ts'
import { isFor, type Onlooker } from './onlooker.ts'

const POLL_MS = 200

/** How long the row of a call that surely exists may take to be written, in milliseconds. */
const ROW_MS = 10_000

export interface PastCallParts {
  readonly reader: LedgerReader
  readonly clock: Clock
}

export interface PastCall extends Onlooker {
  readonly id: string
  /** True where the call is known to exist, though its row may not be written yet. */
  readonly exists: boolean
}

/**
 * The last event of a call that is not of this process, or no longer: as the ledger tells it. Waits for the end of one
 * that another process runs.
 * @throws Unavailable where the row of a call that exists is not written in time
 */
export async function lastEventOf(
  { reader, clock }: PastCallParts,
  past: PastCall,
  signal: AbortSignal,
): Promise<NumberedEvent> {
  const { projectId, id, exists } = past
  const giveUpAt = clock.monotonic() + (exists ? ROW_MS : 0)
  for (;;) {
    const found = await reader.call(projectId, id)
    const call = found && isFor(past, found) ? found : null
    if (!call && clock.monotonic() >= giveUpAt) {
      if (exists) throw new Unavailable(`Call ${id} has no row yet; try again.`)
      return unknownCall(id)
    }
    if (call && call.status !== 'RUNNING') return lastEvent(reader, projectId, call)
    await sleep(clock, POLL_MS, signal)
  }
}

function unknownCall(callId: string): NumberedEvent {
  const message = 'No call of this project has this id.'
  return failedEvent(callId, 1, invalidRequest([{ path: ['callId'], message }]))
}

async function lastEvent(reader: LedgerReader, projectId: string, call: LedgerCall): Promise<NumberedEvent> {
  const attempts = (await reader.attempts([call.id])).get(call.id) ?? []
  if (call.status !== 'SUCCEEDED') return failedEvent(call.id, call.lastSeq, errorOf(call, attempts))
  const answer = await reader.answer(projectId, call.id)
  return answer ? finishedEvent(call, attempts, answer) : failedEvent(call.id, call.lastSeq, notKept(call.id))
}

function finishedEvent(call: LedgerCall, attempts: readonly Attempt[], answer: StoredAnswer): NumberedEvent {
  const { usage, cost, cacheStatus, provider, model, latency } = call
  const completion = {
    callId: call.id,
    ...answer,
    provider: provider ?? '',
    model: model ?? '',
    usage,
    cost,
    latency: latency ?? { totalMs: 0, firstTokenMs: null, overheadMs: 0 },
    attempts,
    cacheStatus,
  }
  return { callId: call.id, seq: Math.max(call.lastSeq, 1), event: { type: 'finished', completion } }
}

function failedEvent(callId: string, seq: number, error: CallError): NumberedEvent {
  return { callId, seq: Math.max(seq, 1), event: { type: 'failed', error } }
}

function notKept(callId: string): CallError {
  const message =
    'This call succeeded, but its answer is no longer kept: completions are replayed for five minutes, and for 24 ' +
    'hours where the call had an idempotencyKey; vectors are not. Its usage and cost are in call(id).'
  return { ...invalidRequest([{ path: ['callId'], message }]), message: `Call ${callId}: ${message}` }
}

/** The error of an ended call, from what its row holds. */
function errorOf(call: LedgerCall, attempts: readonly Attempt[]): CallError {
  const message = call.error?.message ?? `The call ended as ${call.status}.`
  const said = { message, retryable: false, retryAfterMs: null }
  switch (call.error?.type) {
    case 'CancelledError':
    case 'NoCandidateError':
    case 'NotAuthorizedError':
      return { type: call.error.type, ...said }
    case 'ContextLengthError':
    case 'TimeoutError':
      return { type: call.error.type, ...said, attempts }
    case 'ContentRejectedError':
      return { type: call.error.type, ...said, provider: call.provider ?? '', attempts }
    case 'AllAttemptsFailedError':
    // Its process died, or the database was away when it came: nothing is wrong with what was asked for.
    case null:
    case undefined:
      return { type: 'AllAttemptsFailedError', ...said, retryable: true, attempts }
    default:
      return { type: 'InvalidRequestError', ...said, issues: [], attempts }
  }
}
