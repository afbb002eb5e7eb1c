import { sleep } from '../../core/clock.ts'
import type { Move } from '../../resilience/next-move.ts'
import type { CallEvent } from '../call-event.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { FailedAttempt } from './attempt-end.ts'
import { type Unfinished, unfinishedAfter } from './continuation.ts'
import type { Repair } from './repair.ts'
import { anySuits, type Round, type Suits } from './round.ts'
import type { Seat } from './seat.ts'

type SuccessionParts = Pick<EngineParts, 'clock'>

/** Whose turn it is. */
export interface Next {
  readonly seat: Seat
  /** What it has to mend; null where it is asked for the first time. */
  readonly repair: Repair | null
}

/** Where the search for the next candidate begins, which of them suit, and what there is to mend or to go on with. */
interface Turn {
  readonly position: number
  readonly suits: Suits
  readonly repair: Repair | null
  readonly unfinished: Unfinished | null
}

/** The first candidate that can be asked. */
export function firstInTurn(
  parts: SuccessionParts,
  call: RoutedCall,
  round: Round,
): AsyncGenerator<CallEvent, Next | null> {
  return inTurn(parts, call, round, { position: 0, suits: anySuits, repair: null, unfinished: null })
}

/** Who follows a failed attempt, which is told; null where the call ends with it. */
export async function* following(
  parts: SuccessionParts,
  call: RoutedCall,
  round: Round,
  { seat, repair }: Next,
  end: FailedAttempt,
): AsyncGenerator<CallEvent, Next | null> {
  const move = round.move(seat, end, repair)
  if (move.type === 'stop') {
    yield failed(end, 'ends')
    return null
  }
  const unfinished = unfinishedAfter(call, seat.continuation, end)
  const turn = turnAfter(move, seat.position, round, end, unfinished)
  if (move.waitMs === 0 || holdsOutput(end)) return yield* foundFirst(parts, call, round, turn, end, move)
  // Nothing is void, and that it goes on is told before the wait.
  yield failed(end, 'beginsAnew')
  await sleep(parts.clock, move.waitMs, call.signal)
  return yield* inTurn(parts, call, round, turn)
}

/**
 * Who follows is found out before the failure is told: whether the output so far is void depends on it, and where nobody
 * can be asked, since circuits are open or the budget is spent, the caller keeps what it has.
 */
async function* foundFirst(
  parts: SuccessionParts,
  call: RoutedCall,
  round: Round,
  turn: Turn,
  end: FailedAttempt,
  { waitMs }: Exclude<Move, { readonly type: 'stop' }>,
): AsyncGenerator<CallEvent, Next | null> {
  let next: Next | null
  try {
    if (waitMs > 0) await sleep(parts.clock, waitMs, call.signal)
    next = yield* inTurn(parts, call, round, turn)
  } catch (abort) {
    yield failed(end, 'ends')
    throw abort
  }
  yield failed(end, next === null ? 'ends' : next.seat.continuation ? 'goesOn' : 'beginsAnew')
  return next
}

function failed(end: FailedAttempt, call: 'goesOn' | 'beginsAnew' | 'ends'): CallEvent {
  const outputVoided = call === 'beginsAnew' && holdsOutput(end)
  return { type: 'attemptFailed', attempt: end.attempt, outputVoided, willContinue: call !== 'ends' }
}

function holdsOutput({ shown }: FailedAttempt): boolean {
  return shown.text() !== '' || shown.reasoning() !== '' || shown.hasToolCalls()
}

function turnAfter(
  move: Move,
  position: number,
  round: Round,
  { repair }: FailedAttempt,
  unfinished: Unfinished | null,
): Turn {
  const suits = round.suitsAfter(move, position)
  if (move.type === 'again') return { position, suits, repair, unfinished }
  return { position: position + 1, suits, repair: null, unfinished }
}

/** The next candidate that can be asked. Where all that is wrong is that keys rest for a moment, that is waited for once. */
async function* inTurn(
  { clock }: SuccessionParts,
  call: RoutedCall,
  round: Round,
  turn: Turn,
): AsyncGenerator<CallEvent, Next | null> {
  const first = round.seat(turn.position, turn.suits, turn.unfinished)
  yield* first.skipped
  if (first.seat || first.waitMs === null) return nextIn(turn, first.seat)
  await sleep(clock, first.waitMs, call.signal)
  const second = round.seat(turn.position, turn.suits, turn.unfinished)
  yield* second.skipped
  return nextIn(turn, second.seat)
}

function nextIn({ position, repair }: Turn, seat: Seat | null): Next | null {
  return seat && { seat, repair: seat.position === position ? repair : null }
}
