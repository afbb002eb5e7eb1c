import type { Attempt } from '../../core/attempt.ts'
import type { CallError } from '../../core/call-error.ts'
import type { Clock } from '../../core/clock.ts'
import type { CallLatency, Completion } from '../../core/completion.ts'
import type { CompletionEvent, NumberedEvent } from '../../core/events.ts'
import type { OpenedCall, SettledCall } from '../../core/ledger.ts'
import type { Reservation } from '../../core/quota.ts'
import type { RoutePlan } from '../../core/routing.ts'
import { NO_USAGE } from '../../core/usage.ts'
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
  | { readonly type: 'answered'; readonly completion: Completion }
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

  function completed(answered: Answered): Completion {
    attempts.push(answered.attempt)
    return completion(call.id, answered, attempts, watch.read())
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
        case 'attemptSkipped':
          attempts.push(event.attempt)
          return null
        case 'attemptFailed':
          watch.attemptEnded()
          attempts.push(event.attempt)
          return numbered(event)
        case 'answered':
          watch.attemptEnded()
          ending = { type: 'answered', completion: completed(event) }
          return numbered({ type: 'finished', completion: ending.completion })
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
        ? { ...common, ...answeredPart(ending.completion, call) }
        : { ...common, ...failedPart(ending.error, ending.latency, attempts) }
    },
  }
}

/** A call that was turned away before it had a row; null where it was invalid or not allowed. */
function rowOfRefused({ caller, checked, ...call }: IncomingCall, clock: Clock): OpenedCall | null {
  if (!caller?.scopes.includes('complete') || !checked.ok) return null
  return openedCall({ ...call, request: checked.request }, caller, clock.now())
}

function completion(
  callId: string,
  { attempt, output, json, reason, providerState }: Answered,
  attempts: readonly Attempt[],
  latency: CallLatency,
): Completion {
  return {
    callId,
    ...output,
    json,
    finishReason: reason,
    provider: attempt.provider,
    model: attempt.model,
    usage: attempt.usage ?? NO_USAGE,
    cost: callCost(attempts),
    latency,
    attempts: [...attempts],
    cacheStatus: 'BYPASS',
    providerState,
  }
}

function answeredPart(completion: Completion, call: IncomingCall) {
  const { text, reasoning, json, toolCalls, finishReason, providerState } = completion
  const keeps = call.checked.ok && call.checked.request.idempotencyKey !== null
  return {
    status: 'SUCCEEDED' as const,
    provider: completion.provider,
    model: completion.model,
    error: null,
    usage: completion.usage,
    cost: completion.cost,
    latency: completion.latency,
    answer: keeps ? { text, reasoning, json, toolCalls, finishReason, providerState } : null,
  }
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
    cost: callCost(attempts),
    latency,
    answer: null,
  }
}
