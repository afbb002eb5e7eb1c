import { sleep } from '../../core/clock.ts'
import type { DriverEvent } from '../../core/driver.ts'
import type { ProviderError } from '../../core/provider-error.ts'
import type { Move } from '../../resilience/next-move.ts'
import { attemptCall } from '../attempt/attempt-call.ts'
import type { Repair } from '../attempt/repair.ts'
import { anySuits, type Round, type RoundParts, type Seat, type Suits, startRound } from '../attempt/round.ts'
import { type AttemptEnd, type FailedAttempt, type Permit, runAttempt } from '../attempt/run-attempt.ts'
import { CallAbort } from '../call-abort.ts'
import { aborted, attemptsFailed } from '../call-errors.ts'
import type { CallEvent } from '../call-event.ts'
import type { AttemptCall, RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { Handler, Step } from '../step.ts'

type AttemptStepParts = RoundParts & Pick<EngineParts, 'drivers' | 'logger'>

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
  let turn: Turn = { position: 0, suits: anySuits, repair: null }
  let error: ProviderError | null = null
  for (;;) {
    const seat = yield* nextSeat(parts, call, round, turn)
    if (!seat) return yield failed(error, round)
    const repair = seat.position === turn.position ? turn.repair : null
    const end = yield* runAttempt(parts, permit(call, round, seat), attemptCall(parts, call, seat, repair), next)
    if (end.type === 'answered') return yield end.answered
    round.tries.add(end.attempt)
    if (end.type === 'aborted') return yield* abortedEvents(end, round)
    error = end.error
    const move = round.move(seat.position, end, repair)
    yield attemptFailed(end, move)
    if (move.type === 'stop') return yield failed(error, round)
    if (move.waitMs > 0) await sleep(parts.clock, move.waitMs, call.signal)
    turn = turnAfter(move, seat.position, round, end)
  }
}

/** Where the search for the next candidate begins, which of them suit, and what the first one has to mend. */
interface Turn {
  readonly position: number
  readonly suits: Suits
  readonly repair: Repair | null
}

function turnAfter(move: Move, position: number, round: Round, { repair }: FailedAttempt): Turn {
  if (move.type === 'again') return { position, suits: anySuits, repair }
  return { position: position + 1, suits: round.suitsAfter(move, position), repair: null }
}

/** The next candidate that can be asked. Where all that is wrong is that keys rest for a moment, that is waited for once. */
async function* nextSeat(
  { clock }: AttemptStepParts,
  call: RoutedCall,
  round: Round,
  turn: Turn,
): AsyncGenerator<CallEvent, Seat | null> {
  const first = round.seat(turn.position, turn.suits)
  yield* first.skipped
  if (first.seat || first.waitMs === null) return first.seat
  await sleep(clock, first.waitMs, call.signal)
  const second = round.seat(turn.position, turn.suits)
  yield* second.skipped
  return second.seat
}

function attemptFailed({ attempt, hadOutput }: FailedAttempt, move: Move): CallEvent {
  const willContinue = move.type !== 'stop'
  return { type: 'attemptFailed', attempt, outputVoided: willContinue && hadOutput, willContinue }
}

function permit(call: RoutedCall, round: Round, { ref, grant }: Seat): Permit {
  return { number: round.tries.nextNumber(), ref, grant, inputTokens: call.inputTokens }
}

function* abortedEvents(end: AttemptEnd & { readonly type: 'aborted' }, round: Round): Generator<CallEvent, void> {
  yield { type: 'attemptFailed', attempt: end.attempt, outputVoided: false, willContinue: false }
  yield { type: 'failed', error: aborted(end.abort, round.tries.attempts) }
}

function failed(error: ProviderError | null, round: Round): CallEvent {
  return { type: 'failed', error: attemptsFailed(error, round.tries.attempts, round.freeInMs()) }
}
