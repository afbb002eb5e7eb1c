import type { Attempt } from '../../core/attempt.ts'
import type { Clock } from '../../core/clock.ts'
import { CallAbort } from '../call-abort.ts'
import type { CallEvent } from '../call-event.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { AttemptEnd, FailedAttempt } from './attempt-end.ts'
import { type Ask, type Contender, contender, firstToSpeak } from './contender.ts'
import type { Round } from './round.ts'
import type { Seat } from './seat.ts'

/** The attempt that the answer hangs on, and how it ended. One beside it is told and noted already. */
export interface SeatEnd {
  readonly seat: Seat
  readonly end: AttemptEnd
}

interface Hedge {
  readonly clock: Clock
  readonly call: RoutedCall
  readonly round: Round
  /** How long the first may be silent, in milliseconds. */
  readonly delayMs: number
  readonly ask: Ask
}

/**
 * Makes an attempt and, where it sends nothing for so long, a second one beside it. Who first sends output goes on; the
 * other is aborted and told as failed. Where one fails before that, the other goes on alone.
 */
export async function* hedged(hedge: Hedge, seat: Seat): AsyncGenerator<CallEvent, SeatEnd> {
  const { call, round, ask } = hedge
  const first = contender(ask, seat, call.signal)
  const underWay = [first]
  try {
    yield await first.begin()
    const second = (await isSilent(hedge, first)) ? round.second(seat) : null
    if (!second) return over(underWay, { seat, end: yield* first.rest() })
    const other = contender(ask, second, call.signal)
    underWay.push(other)
    yield await other.begin()
    return over(underWay, yield* race(hedge, first, other))
  } finally {
    // Whoever leaves in the middle leaves nothing behind.
    await Promise.all(underWay.map((each) => each.stop(new CallAbort('caller'))))
  }
}

function over(underWay: Contender[], end: SeatEnd): SeatEnd {
  underWay.length = 0
  return end
}

async function* race({ call, round }: Hedge, first: Contender, second: Contender): AsyncGenerator<CallEvent, SeatEnd> {
  const ahead = await firstToSpeak(first, second)
  const behind = ahead === first ? second : first
  const { done, value } = await ahead.said()
  if (done && value.type === 'failed' && !isFinal(call, value)) {
    yield told(round, value.attempt, 'goesOn')
    return { seat: behind.seat, end: yield* behind.rest() }
  }
  const ends = done && value.type !== 'answered'
  const attempt = outrun(await behind.stop(new CallAbort(ends ? 'contentRejected' : 'fasterAttempt')))
  const event = told(round, attempt, ends ? 'ends' : 'goesOn')
  if (attempt.outcome === 'CANCELLED') round.outrun(behind.seat)
  yield event
  return { seat: ahead.seat, end: yield* ahead.rest() }
}

/** Whether nothing comes of it for so long. */
async function isSilent({ clock, call, delayMs }: Hedge, first: Contender): Promise<boolean> {
  let cancel = () => {}
  const late = new Promise<boolean>((resolve) => {
    cancel = clock.after(delayMs, () => resolve(true))
  })
  const silent = await Promise.race([first.said().then(() => false), late])
  cancel()
  return silent && !call.signal.aborted
}

/** A refusal of the content is not shopped around, unless the route says so. */
function isFinal({ rules }: RoutedCall, { error }: FailedAttempt): boolean {
  return error.kind === 'CONTENT_REJECTED' && rules.onContentRejected === 'fail'
}

/** Of two that answer at the same time one is used: the other one is not the answer. */
function outrun(end: AttemptEnd): Attempt {
  if (end.type !== 'answered') return end.attempt
  const failure = { message: new CallAbort('fasterAttempt').message, kind: null, httpStatus: null }
  return { ...end.answered.attempt, outcome: 'CANCELLED', failure }
}

function told({ tries }: Round, attempt: Attempt, call: 'goesOn' | 'ends'): CallEvent {
  tries.add(attempt)
  return { type: 'attemptFailed', attempt, outputVoided: false, willContinue: call === 'goesOn' }
}
