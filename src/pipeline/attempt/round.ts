import type { Picodollars } from '../../core/money.ts'
import { type ModelRef, modelId, type RouteCandidate } from '../../core/routing.ts'
import { type Move, nextMove, PATIENCE_MS, type Situation } from '../../resilience/next-move.ts'
import type { CallEvent } from '../call-event.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import type { FailedAttempt } from './attempt-end.ts'
import { affordableOutput } from './budget.ts'
import { continuationAt, isPrefillRefused, type Unfinished } from './continuation.ts'
import { affordableBeside } from './hedge-budget.ts'
import { outputWithin } from './output-within.ts'
import { isLimitTooLarge, stricter } from './own-limit.ts'
import { type Placed, queueOf } from './queue.ts'
import type { Repair } from './repair.ts'
import type { Seat } from './seat.ts'
import { seatLimit } from './seat-limit.ts'
import { type Obstacle, skippedAttempt } from './skipped-attempt.ts'
import { type Tries, tries } from './tries.ts'

export type RoundParts = Pick<EngineParts, 'catalog' | 'clock' | 'drivers' | 'random' | 'settings' | 'upstreams'>

/** The candidates of one call, and what became of them so far. */
export interface Round {
  readonly tries: Tries
  /**
   * The first candidate from `position` on that can be asked, after the ones that can't, which are listed as skipped. It
   * goes on with what is unfinished where it can.
   */
  seat(position: number, suits: Suits, unfinished: Unfinished | null): Seating
  /** What to do after an attempt failed, which was asked to mend `repair` where that is not null. */
  move(seat: Seat, end: FailedAttempt, repair: Repair | null): Move
  /** Those that may follow after a move to the next. */
  suitsAfter(move: Move, position: number): Suits
  /** The candidate that may be asked beside the first one, which is under way; null where none may or can be. */
  second(first: Seat): Seat | null
  /** Another candidate was faster: this one may be asked again if that one fails. */
  outrun(seat: Seat): void
  /** How long until some candidate could be asked again, in milliseconds. */
  freeInMs(): number
  /** What is left of the call's deadline, in milliseconds. */
  remainingMs(): number
}

export interface Seating {
  readonly seat: Seat | null
  readonly skipped: readonly CallEvent[]
  /** Where nobody can be asked now: how long to wait for the first whose keys only cool down; null where not worth it. */
  readonly waitMs: number | null
}

export type Suits = (candidate: RouteCandidate) => boolean

export const anySuits: Suits = () => true

export function startRound(parts: RoundParts, call: RoutedCall): Round {
  const { clock, upstreams, catalog, random } = parts
  const queue = queueOf(call.plan.candidates.filter((candidate) => candidate.eligible))
  const { candidates } = queue
  const tried = tries()
  const { maxOutputTokens } = call.request.conversation.sampling
  const remainingMs = () => call.startedAt + call.rules.timeouts.totalMs - clock.monotonic()
  const window = (ref: ModelRef | undefined) => (ref ? catalog.model(ref).contextWindow : null)

  function budget(): Picodollars | null {
    return call.rules.maxCost === null ? null : call.rules.maxCost - tried.spent()
  }

  function trySeat({ position, candidate: ref }: Placed, unfinished: Unfinished | null): Seat | Obstacle {
    const continuation = unfinished && continuationAt(parts, call, unfinished, ref)
    const inputTokens = call.inputTokens + (continuation?.unfinished.tokens ?? 0)
    const affordable = affordableOutput(catalog, ref, inputTokens, maxOutputTokens, budget(), clock.now())
    if (affordable === 'exhausted') return { type: 'budgetSpent' }
    return granted({ position, ref, continuation, inputTokens }, affordable, null)
  }

  /**
   * @param affordable the most output tokens that `maxCostUsd` pays for; null sets no bound
   * @param beside the candidate that is under way already
   */
  function granted(
    seat: Omit<Seat, 'grant' | 'ownLimit'>,
    affordable: number | null,
    beside: Seat | null,
  ): Seat | Obstacle {
    const within = outputWithin(parts, call, tried.attempts, seat.ref, beside)
    if (within === 'exhausted') return { type: 'quotaSpent' }
    const paidFor = stricter(affordable, within)
    const ownLimit = seatLimit(parts, call, seat, paidFor)
    if (ownLimit === 'tooSmall') return { type: paidFor?.by === 'QUOTA' ? 'quotaSpent' : 'budgetSpent' }
    const grant = upstreams.acquire(seat.ref)
    if (grant.type !== 'granted') return grant
    queue.takesTurn(seat.position)
    return { ...seat, ownLimit, grant }
  }

  function following(position: number, suits: Suits): readonly RouteCandidate[] {
    return queue
      .from(position + 1)
      .map(({ candidate }) => candidate)
      .filter((candidate) => isOpen(candidate) && suits(candidate))
  }

  function isOpen(candidate: RouteCandidate): boolean {
    return !queue.hadTurn(candidate)
  }

  /** A model that turned down only what was added here is asked without it: all of an answer, or one without a limit. */
  function anew(position: number, { attempt }: FailedAttempt): Move {
    const { perCall, perModel } = call.rules.attempts
    if (tried.requests() >= perCall) return { type: 'stop' }
    if (tried.requestsOf(attempt) < perModel) return { type: 'again', waitMs: 0, key: 'any' }
    return following(position, anySuits).length > 0 ? { type: 'next', waitMs: 0, among: 'any' } : { type: 'stop' }
  }

  function mayHedge({ ref }: Seat): boolean {
    return tried.requests() + 2 <= call.rules.attempts.perCall && upstreams.retries(ref).allows()
  }

  function seatBeside(first: Seat, { position, candidate }: Placed): Seat | null {
    if (!isOpen(candidate) || modelId(candidate) === modelId(first.ref)) return null
    const affordable = affordableBeside(parts, call, first, candidate, budget())
    if (affordable === 'exhausted') return null
    const { inputTokens } = call
    const seat = granted({ position, ref: candidate, continuation: null, inputTokens }, affordable, first)
    return 'grant' in seat ? seat : null
  }

  function largerThan(position: number): Suits {
    const tooSmall = window(candidates[position])
    // Nothing is known to be larger than a window that nobody knows.
    return (candidate) => tooSmall !== null && (window(candidate) ?? 0) > tooSmall
  }

  function situation(position: number, end: FailedAttempt, repair: Repair | null): Situation {
    const behind = following(position, anySuits)
    return {
      error: end.error,
      hadOutput: end.hadOutput,
      repairable: end.repair !== null && repair === null,
      // What a unary caller has not been sent can be made void without telling: it always fails over.
      midStream: call.delivery === 'unary' ? 'RESTART' : call.rules.midStream,
      onContentRejected: call.rules.onContentRejected,
      attemptsOfModel: tried.requestsOf(end.attempt),
      attemptsOfCall: tried.requests(),
      limits: call.rules.attempts,
      retryAllowed: upstreams.retries(end.attempt).allows(),
      modelFreeInMs: upstreams.freeInMs(end.attempt),
      following: {
        any: behind.length,
        free: behind.filter((candidate) => upstreams.freeInMs(candidate) === 0).length,
        largerWindow: following(position, largerThan(position)).length,
      },
      remainingMs: remainingMs(),
    }
  }

  return {
    tries: tried,
    remainingMs,
    freeInMs: () => Math.min(...candidates.map((candidate) => upstreams.freeInMs(candidate))),
    move(seat, end, repair) {
      if (seat.ownLimit !== null && isLimitTooLarge(end.error)) {
        upstreams.outputLimits(seat.ref).refused(seat.ownLimit.tokens)
        return anew(seat.position, end)
      }
      if (isPrefillRefused(seat.continuation, end)) return anew(seat.position, end)
      const move = nextMove(situation(seat.position, end, repair), random)
      if (move.type === 'again' && move.key === 'any') upstreams.retries(end.attempt).retried()
      return move
    },
    suitsAfter(move, position) {
      if (move.type === 'again') return (candidate) => candidate === candidates[position] || isOpen(candidate)
      const larger = move.type === 'next' && move.among === 'largerWindow' ? largerThan(position) : anySuits
      return (candidate) => isOpen(candidate) && larger(candidate)
    },
    outrun({ position, ref }) {
      if (tried.requestsOf(ref) < call.rules.attempts.perModel) queue.givesTurnBack(position)
    },
    second(first) {
      if (!mayHedge(first)) return null
      for (const placed of queue.from(first.position + 1)) {
        const seat = seatBeside(first, placed)
        if (!seat) continue
        upstreams.retries(first.ref).retried()
        return seat
      }
      return null
    },
    seat(from, suits, unfinished) {
      const skipped: CallEvent[] = []
      let waitMs: number | null = null
      for (const placed of queue.from(from)) {
        const { candidate } = placed
        if (!suits(candidate)) continue
        const seat = trySeat(placed, unfinished)
        if ('grant' in seat) return { seat, skipped, waitMs: null }
        const attempt = skippedAttempt(tried.nextNumber(), candidate, seat, clock)
        tried.add(attempt)
        skipped.push({ type: 'attemptSkipped', attempt })
        waitMs = shorter(waitMs, worthWaiting(seat, remainingMs()))
      }
      return { seat: null, skipped, waitMs }
    },
  }
}

function worthWaiting(obstacle: Obstacle, remainingMs: number): number | null {
  if (!('because' in obstacle) || obstacle.because !== 'keysCooling') return null
  return obstacle.freeInMs <= PATIENCE_MS && obstacle.freeInMs < remainingMs ? obstacle.freeInMs : null
}

function shorter(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}
