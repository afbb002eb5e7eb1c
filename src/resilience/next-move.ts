import type { Random } from '../core/clock.ts'
import type { ProviderError } from '../core/provider-error.ts'
import type { AttemptLimits, MidStreamPolicy } from '../core/settings.ts'
import { backoffMs } from './backoff.ts'
import { type FailureRule, ruleFor } from './failure-table.ts'

/** The longest Retry-After that is waited for, in milliseconds. */
export const PATIENCE_MS = 5_000

/** What is done after a failed attempt. */
export type Move =
  /**
   * The same model once more. With another key, since the one that was used is not free, it is no retry: it puts no
   * more load on what failed.
   */
  | { readonly type: 'again'; readonly waitMs: number; readonly key: 'any' | 'another' }
  | { readonly type: 'next'; readonly waitMs: number; readonly among: 'any' | 'largerWindow' }
  | { readonly type: 'stop' }

/** All that the choice depends on, right after an attempt has failed and its failure was reported. */
export interface Situation {
  readonly error: ProviderError
  /** Whether this attempt had sent output. */
  readonly hadOutput: boolean
  /** Whether the answer came whole but not in the form that was asked for, and the model was not told so yet. */
  readonly repairable: boolean
  readonly midStream: MidStreamPolicy
  readonly onContentRejected: 'fail' | 'nextCandidate'
  /** Requests sent to this model so far, those that a dead key cost left out. */
  readonly attemptsOfModel: number
  /** Requests sent on behalf of the call so far, without those either. */
  readonly attemptsOfCall: number
  readonly limits: AttemptLimits
  /** Whether this model is not retried too much already. */
  readonly retryAllowed: boolean
  /** How long until this model may be asked again with any of its keys, in milliseconds. */
  readonly modelFreeInMs: number
  /** Candidates behind this one that may follow, and how many of them could be asked at once. */
  readonly following: { readonly any: number; readonly free: number; readonly largerWindow: number }
  /** What is left of the call's deadline, in milliseconds. */
  readonly remainingMs: number
}

/** Chooses what to do after a failed attempt, by the rule for its kind. */
export function nextMove(situation: Situation, random: Random): Move {
  const { error, hadOutput, midStream, attemptsOfCall, limits } = situation
  const rule = ruleFor(error)
  // A dead key is tried once by one call, so as many of them as there are must not cost it the key that lives.
  if (rule.again === 'withAnotherKey' && !hadOutput && situation.modelFreeInMs === 0)
    return { type: 'again', waitMs: 0, key: 'another' }
  if (attemptsOfCall >= limits.perCall) return { type: 'stop' }
  if (mayRepair(situation)) return { type: 'again', waitMs: 0, key: 'any' }
  if (hadOutput) return midStream === 'FAIL' ? { type: 'stop' } : onward(rule, situation, random)
  return sameAgain(rule, situation, random) ?? onward(rule, situation, random)
}

function mayRepair({ repairable, hadOutput, midStream, attemptsOfModel, limits }: Situation): boolean {
  return repairable && attemptsOfModel < limits.perModel && !(hadOutput && midStream === 'FAIL')
}

function sameAgain(rule: FailureRule, situation: Situation, random: Random): Move | null {
  switch (rule.again) {
    case 'never':
    case 'withAnotherKey':
      return null
    case 'afterBackoff':
      return afterBackoff(situation, random)
    case 'afterRetryAfter':
      return afterRetryAfter(situation)
  }
}

function afterBackoff(situation: Situation, random: Random): Move | null {
  const { attemptsOfModel, limits, modelFreeInMs, retryAllowed } = situation
  if (attemptsOfModel >= limits.perModel || modelFreeInMs > 0 || !retryAllowed) return null
  const waitMs = backoffMs(situation.attemptsOfModel, random)
  return waitMs < situation.remainingMs ? { type: 'again', waitMs, key: 'any' } : null
}

function afterRetryAfter(situation: Situation): Move | null {
  if (situation.attemptsOfModel >= situation.limits.perModel) return null
  const { retryAfterMs } = situation.error
  const isAnotherFree = situation.modelFreeInMs === 0 && retryAfterMs !== 0
  if (isAnotherFree) return { type: 'again', waitMs: 0, key: 'another' }
  if (situation.following.free > 0 || retryAfterMs === null || !situation.retryAllowed) return null
  const worthWaiting = retryAfterMs <= PATIENCE_MS && retryAfterMs < situation.remainingMs
  return worthWaiting ? { type: 'again', waitMs: retryAfterMs, key: 'any' } : null
}

function onward(rule: FailureRule, situation: Situation, random: Random): Move {
  switch (rule.next) {
    case 'none':
      return { type: 'stop' }
    case 'largerWindow':
      return situation.following.largerWindow > 0
        ? { type: 'next', waitMs: 0, among: 'largerWindow' }
        : { type: 'stop' }
    case 'ifRouteSays':
      return situation.onContentRejected === 'nextCandidate' ? toNext(situation, random) : { type: 'stop' }
    case 'any':
      return toNext(situation, random)
  }
}

function toNext(situation: Situation, random: Random): Move {
  const { error, following, attemptsOfCall } = situation
  if (following.any === 0) return { type: 'stop' }
  // A rate limit that leaves one candidate: many calls will turn to it at once, so they are spread out.
  const crowded = error.kind === 'RATE_LIMITED' && !error.hopeless && following.any === 1
  const waitMs = crowded ? Math.min(backoffMs(attemptsOfCall, random), situation.remainingMs) : 0
  return { type: 'next', waitMs, among: 'any' }
}
