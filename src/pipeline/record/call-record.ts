import type { Attempt } from '../../core/attempt.ts'
import type { OpenedCall, SettledCall, StoredAnswer } from '../../core/call.ts'
import type { CallError } from '../../core/call-error.ts'
import type { Clock } from '../../core/clock.ts'
import type { Answer, CallLatency } from '../../core/completion.ts'
import type { CallCost } from '../../core/cost.ts'
import type { CompletionEvent, NumberedEvent } from '../../core/events.ts'
import type { Reservation } from '../../core/quota.ts'
import type { RoutePlan } from '../../core/routing.ts'
import { NO_USAGE } from '../../core/usage.ts'
import { insertByNumber } from '../attempt/insert-by-number.ts'
import type { Answered, CallEvent } from '../call-event.ts'
import type { IncomingCall } from '../call-kinds.ts'
import { openedCall } from '../opened-call.ts'
import { callCost } from './call-cost.ts'
import { STATUS_OF_ERROR } from './call-status.ts'
import { stopwatch } from './stopwatch.ts'

/** The record of one call, kept from its events. */
export interface CallRecord {
  /** Takes an event in; returns what the client sees of it, null where nothing. */
  note(event: CallEvent): NumberedEvent | null
  /** Whether its last event was noted. */
  hasEnded(): boolean
  /** The call as it ended, for the ledger; null where it leaves no row. */
  settled(): SettledCall | null
}

type Ending =
  | { readonly type: 'answered'; readonly answer: Answer; readonly stored: StoredAnswer | null }
  | { readonly type: 'failed'; readonly error: CallError; readonly latency: CallLatency }

export function startRecord(clock: Clock, call: IncomingCall): CallRecord {
  const watch = stopwatch(clock, call.startedAt)
  const attempts: Attempt[] = []
  let admitted: { readonly call: OpenedCall; readonly reservations: readonly Reservation[] } | null = null
  let plan: RoutePlan | null = null
  let ending: Ending | null = null
  let seq = 0

  function numbered(event: CompletionEvent): NumberedEvent {
    seq += 1
    return { callId: call.id, seq, event }
  }

  function answered({ attempt, outcome, wentOnFrom }: Answered): CompletionEvent {
    insertByNumber(attempts, attempt)
    const answer = answerOf(call.id, attempt, watch.read(), attempts, callCost(attempts, wentOnFrom))
    if (outcome.type === 'embedding') {
      const embedding = { ...answer, vectors: outcome.vectors }
      ending = { type: 'answered', answer: embedding, stored: null }
      return { type: 'embedded', embedding }
    }
    const { output, json, reason, lengthLimit, providerState } = outcome
    const stored = { ...output, json, finishReason: reason, lengthLimit, providerState }
    ending = { type: 'answered', answer, stored }
    return { type: 'finished', completion: { ...answer, ...stored } }
  }

  return {
    note(event) {
      switch (event.type) {
        case 'admitted':
          admitted = event
          return null
        case 'planned':
          plan = event.plan
          return numbered({ type: 'started', plan })
        case 'attemptStarted':
          watch.attemptBegan()
          return numbered(event)
        case 'text':
        case 'reasoning':
        case 'toolCall':
          watch.deltaCame()
          return numbered(event)
        case 'vectors':
          watch.deltaCame()
          return null
        case 'attemptSkipped':
          insertByNumber(attempts, event.attempt)
          return null
        case 'attemptFailed':
          watch.attemptEnded()
          insertByNumber(attempts, event.attempt)
          return numbered(event)
        case 'answered':
          watch.attemptEnded()
          return numbered(answered(event))
        case 'failed':
          ending = { type: 'failed', error: event.error, latency: watch.read() }
          return numbered({ type: 'failed', error: event.error })
      }
    },
    hasEnded: () => ending !== null,
    settled() {
      const opened = admitted?.call ?? rowOfRefused(call, clock)
      if (!opened || !ending) return null
      const wasInvalid = ending.type === 'failed' && ending.error.type === 'InvalidRequestError' && !admitted
      if (wasInvalid) return null
      const common = {
        ...opened,
        finishedAt: clock.now(),
        attempts,
        plan,
        lastSeq: seq,
        reservations: admitted?.reservations ?? [],
        cacheStatus: 'BYPASS' as const,
      }
      return ending.type === 'answered'
        ? { ...common, ...answeredPart(ending.answer), answer: isKept(call) ? ending.stored : null }
        : { ...common, ...failedPart(ending.error, ending.latency, attempts) }
    },
  }
}

/** A call that was turned away before it had a row; null where it was invalid or not allowed. */
function rowOfRefused({ caller, checked, ...call }: IncomingCall, clock: Clock): OpenedCall | null {
  if (!caller?.scopes.includes('complete') || !checked.ok) return null
  return openedCall({ ...call, request: checked.request }, caller, clock.now())
}

function answerOf(
  callId: string,
  attempt: Attempt,
  latency: CallLatency,
  attempts: readonly Attempt[],
  cost: CallCost,
): Answer {
  return {
    callId,
    provider: attempt.provider,
    model: attempt.model,
    usage: attempt.usage ?? NO_USAGE,
    cost,
    latency,
    attempts: [...attempts],
    cacheStatus: 'BYPASS',
  }
}

/** Whether the answer is kept for a repeat of the call. */
function isKept({ checked }: IncomingCall): boolean {
  return checked.ok && checked.request.idempotencyKey !== null
}

function answeredPart({ provider, model, usage, cost, latency }: Answer) {
  return { status: 'SUCCEEDED' as const, provider, model, error: null, usage, cost, latency }
}

function failedPart(error: CallError, latency: CallLatency, attempts: readonly Attempt[]) {
  const lastAsked = attempts.findLast((attempt) => attempt.outcome !== 'SHORT_CIRCUITED')
  const lastUsed = attempts.findLast((attempt) => attempt.usage !== null)
  return {
    status: STATUS_OF_ERROR[error.type],
    provider: lastAsked?.provider ?? null,
    model: lastAsked?.model ?? null,
    error: { type: error.type, message: error.message },
    usage: lastUsed?.usage ?? NO_USAGE,
    cost: callCost(attempts, []),
    latency,
    answer: null,
  }
}
