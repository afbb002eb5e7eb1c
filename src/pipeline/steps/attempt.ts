import type { DriverEvent } from '../../core/driver.ts'
import type { ProviderError } from '../../core/provider-error.ts'
import { attemptCall } from '../attempt/attempt-call.ts'
import type { AttemptEnd } from '../attempt/attempt-end.ts'
import type { Ask } from '../attempt/contender.ts'
import { hedged, type SeatEnd } from '../attempt/hedge.ts'
import { hedgeDelayMs } from '../attempt/hedge-delay.ts'
import { type Round, type RoundParts, startRound } from '../attempt/round.ts'
import { type Permit, runAttempt } from '../attempt/run-attempt.ts'
import type { Seat } from '../attempt/seat.ts'
import { firstInTurn, following, type Next } from '../attempt/succession.ts'
import { CallAbort } from '../call-abort.ts'
import { aborted, attemptsFailed } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { AttemptCall, RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { Handler, Step } from '../step.ts'

type AttemptStepParts = RoundParts & Pick<EngineParts, 'logger'>

/**
 * Asks one candidate after another until one answers, by the table of failures. Ends the call with what the last
 * failure means for its caller, or when its caller or its deadline aborts it.
 */
export function attempt(parts: AttemptStepParts): Step<RoutedCall, AttemptCall, CallEvent, DriverEvent> {
  return (next) =>
    async function* attempted(call) {
      yield { type: 'planned', plan: call.plan }
      const round = startRound(parts, call)
      const stopClock = parts.clock.after(Math.max(round.remainingMs(), 0), () => call.abort(new CallAbort('deadline')))
      try {
        yield* askInTurn(parts, call, round, next)
      } catch (thrown) {
        if (!(thrown instanceof CallAbort)) throw thrown
        yield { type: 'failed', error: aborted(thrown, round.tries.attempts) }
      } finally {
        stopClock()
      }
    }
}

async function* askInTurn(
  parts: AttemptStepParts,
  call: RoutedCall,
  round: Round,
  next: Handler<AttemptCall, DriverEvent>,
): AsyncGenerator<CallEvent, void> {
  let error: ProviderError | null = null
  let turn = yield* firstInTurn(parts, call, round)
  while (turn) {
    const { seat, end } = yield* askOnce(parts, call, round, turn, next)
    if (end.type === 'answered') return yield end.answered
    round.tries.add(end.attempt)
    if (end.type === 'aborted') return yield* abortedEvents(end, round)
    error = end.error
    turn = yield* following(parts, call, round, { seat, repair: turn.repair }, end)
  }
  yield { type: 'failed', error: attemptsFailed(error, round.tries.attempts, round.freeInMs()) }
}

/** One attempt, and where it is slow to begin, perhaps a second one beside it. */
async function* askOnce(
  parts: AttemptStepParts,
  call: RoutedCall,
  round: Round,
  turn: Next,
  next: Handler<AttemptCall, DriverEvent>,
): AsyncGenerator<CallEvent, SeatEnd> {
  const { seat, repair } = turn
  const ask: Ask = (each, signal) =>
    runAttempt(parts, permit(round, each), { ...attemptCall(parts, call, each, repair), signal }, next)
  const delayMs = secondAfterMs(parts, call, turn)
  if (delayMs === null) return { seat, end: yield* ask(seat, call.signal) }
  return yield* hedged({ clock: parts.clock, call, round, delayMs, ask }, seat)
}

/** How long a model may be silent before another is asked beside it; null where none shall be. */
function secondAfterMs(
  { upstreams }: AttemptStepParts,
  { rules, request }: RoutedCall,
  { seat, repair }: Next,
): number | null {
  const isFresh = repair === null && seat.continuation === null
  if (!isFresh || rules.hedge === null || request.task.type !== 'completion') return null
  return hedgeDelayMs(rules.hedge, upstreams.measured(seat.ref))
}

function permit(round: Round, { ref, grant, inputTokens, continuation }: Seat): Permit {
  return { number: round.tries.nextNumber(), ref, grant, inputTokens, unfinished: continuation?.unfinished ?? null }
}

function* abortedEvents(end: AttemptEnd & { readonly type: 'aborted' }, round: Round): Generator<CallEvent, void> {
  yield { type: 'attemptFailed', attempt: end.attempt, outputVoided: false, willContinue: false }
  yield { type: 'failed', error: aborted(end.abort, round.tries.attempts) }
}
