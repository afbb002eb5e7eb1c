import type { Clock } from '../core/clock.ts'
import type { KeyLimits } from '../core/driver.ts'

/** What is told of a limit without saying when it resets holds for so long: the usual window is a minute. */
const TOLD_FOR_MS = 60_000

/** What a provider lets one key ask of one model, by its headers, and what of it is under way. */
export interface KeyCapacity {
  began(): void
  ended(): void
  note(limits: KeyLimits): void
  readonly inFlight: number
  readonly requests: ToldLimit
  readonly tokens: ToldLimit
}

interface ToldLimit {
  /** What is left; null where that is not known, or not any more. */
  left(): number | null
  /** What was told last, be it how old it may; 0 where nothing was. */
  lastTold(): number
}

export function keyCapacity(clock: Clock): KeyCapacity {
  const requests = toldLimit(clock)
  const tokens = toldLimit(clock)
  let inFlight = 0
  return {
    began() {
      inFlight += 1
    },
    ended() {
      inFlight -= 1
    },
    note(limits) {
      requests.note(limits.remainingRequests, limits.requestsResetMs)
      tokens.note(limits.remainingTokens, limits.tokensResetMs)
    },
    get inFlight() {
      return inFlight
    },
    requests,
    tokens,
  }
}

function toldLimit(clock: Clock) {
  let told: { readonly left: number; readonly until: number } | null = null
  return {
    note(left: number | null, resetMs: number | null): void {
      if (left !== null) told = { left, until: clock.monotonic() + (resetMs ?? TOLD_FOR_MS) }
    },
    left: () => (told !== null && clock.monotonic() < told.until ? told.left : null),
    lastTold: () => told?.left ?? 0,
  }
}

/**
 * Those with the most capacity for one more request first; the order given where they are equal. Capacity is what is left of
 * requests or of tokens, whichever is scarcer beside the fullest key, shared by what is under way: so keys are used in
 * proportion to what is left of them. One of which nothing is known is taken to be as full as the fullest.
 */
export function byCapacity<T extends { readonly capacity: KeyCapacity }>(keys: readonly T[]): readonly T[] {
  if (keys.length < 2) return keys
  const mostRequests = Math.max(...keys.map(({ capacity }) => capacity.requests.lastTold()))
  const mostTokens = Math.max(...keys.map(({ capacity }) => capacity.tokens.lastTold()))
  return keys
    .map((key) => {
      const { requests, tokens, inFlight } = key.capacity
      const fullness = Math.min(share(requests.left(), mostRequests), share(tokens.left(), mostTokens))
      return { key, perRequest: fullness / (inFlight + 1) }
    })
    .sort((a, b) => b.perRequest - a.perRequest)
    .map(({ key }) => key)
}

function share(left: number | null, most: number): number {
  if (left === null) return 1
  return most === 0 ? 0 : left / most
}
