import type { Picodollars } from '../../core/money.ts'
import type { ModelRef, RouteCandidate } from '../../core/routing.ts'
import { type Move, nextMove, PATIENCE_MS, type Situation } from '../../resilience/next-move.ts'
import type { Grant } from '../../resilience/upstreams.ts'
import type { CallEvent } from '../call-event.ts'
import type { RoutedCall } from '../call-kinds.ts'
import type { EngineParts } from '../engine-parts.ts'
import { affordableOutput } from './budget.ts'
import type { Repair } from './repair.ts'
import type { FailedAttempt } from './run-attempt.ts'
import { type Obstacle, skippedAttempt } from './skipped-attempt.ts'
import { type Tries, tries } from './tries.ts'

export type RoundParts = Pick<EngineParts, 'catalog' | 'clock' | 'random' | 'settings' | 'upstreams'>

/** A candidate that may be asked now. */
export interface Seat {
  readonly position: number
  readonly ref: ModelRef
  readonly grant: Grant
  /** The most output tokens that the call's budget pays for; null sets no bound. */
  readonly affordable: number | null
}

/** The candidates of one call, and what became of them so far. */
export interface Round {
  readonly tries: Tries
  /** The first candidate from `position` on that can be asked, after the ones that can't, which are listed as skipped. */
  seat(position: number, suits: Suits): Seating
  /** What to do after a failed attempt at `position`, which was asked to mend `repair` where that is not null. */
  move(position: number, end: FailedAttempt, repair: Repair | null): Move
  /** Those that may follow after a move to the next. */
  suitsAfter(move: Move, position: number): Suits
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
  const candidates = call.plan.candidates.filter((candidate) => candidate.eligible)
  const tried = tries()
  const { maxOutputTokens } = call.request.conversation.sampling
  const remainingMs = () => call.startedAt + call.rules.timeouts.totalMs - clock.monotonic()
  const window = (ref: ModelRef | undefined) => (ref ? catalog.model(ref).contextWindow : null)

  function budget(): Picodollars | null {
    return call.rules.maxCost === null ? null : call.rules.maxCost - tried.spent()
  }

  function trySeat(position: number, ref: ModelRef): Seat | Obstacle {
    const affordable = affordableOutput(catalog, ref, call.inputTokens, maxOutputTokens, budget(), clock.now())
    if (affordable === 'exhausted') return { type: 'budgetSpent' }
    const grant = upstreams.acquire(ref)
    return grant.type === 'granted' ? { position, ref, grant, affordable } : grant
  }

  function following(position: number, suits: Suits): readonly RouteCandidate[] {
    return candidates.filter((candidate, index) => index > position && suits(candidate))
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
    move(position, end, repair) {
      const move = nextMove(situation(position, end, repair), random)
      if (move.type === 'again') upstreams.retries(end.attempt).retried()
      return move
    },
    suitsAfter: (move, position) =>
      move.type === 'next' && move.among === 'largerWindow' ? largerThan(position) : anySuits,
    seat(from, suits) {
      const skipped: CallEvent[] = []
      let waitMs: number | null = null
      for (const [position, candidate] of candidates.entries()) {
        if (position < from || !suits(candidate)) continue
        const seat = trySeat(position, candidate)
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
  if (obstacle.type === 'budgetSpent' || obstacle.because !== 'keysCooling') return null
  return obstacle.freeInMs <= PATIENCE_MS && obstacle.freeInMs < remainingMs ? obstacle.freeInMs : null
}

function shorter(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.min(a, b)
}
