import type { Clock } from '../core/clock.ts'
import type { CircuitState } from '../core/provider-health.ts'
import { rollingCount } from './rolling-count.ts'

const WINDOW_MS = 30_000
const MINIMUM_REQUESTS = 5
const FAILING_SHARE = 0.5
const FIRST_OPEN_MS = 5_000
const LONGEST_OPEN_MS = 60_000

/** Stops asking a key and model that keep failing, and finds out by single probes when they work again. */
export interface Circuit {
  state(): CircuitState
  /** How long until a request may pass, in milliseconds; 0 where one may pass now. */
  blockedForMs(): number
  /** Takes the right to send one request. Call it only where `blockedForMs()` is 0, and report its end exactly once. */
  enter(): Passage
  succeeded(): void
  failed(): void
  /** What entered ended without saying anything of the provider's health: cancelled, or refused for another reason. */
  left(passage: Passage): void
  /**
   * What entered was no request to the model, but found its provider there again: closed on trial, so that the first
   * request that fails opens it anew, for twice as long as before.
   */
  recovered(): void
}

/** How a request came through: as the one probe of a half-open circuit, or as one among others. */
export type Passage = 'probe' | 'request'

type State =
  /** `onTrial`: no request has succeeded since it was open. */
  | { readonly type: 'CLOSED'; readonly onTrial: boolean }
  | { readonly type: 'OPEN'; readonly until: number }
  /** `probing`: the one probe is under way. */
  | { readonly type: 'HALF_OPEN'; readonly probing: boolean }

/** At least 5 requests in 30 s with half of them failing open it for 5 s, doubling to 60 s with each failed probe. */
export function circuit(clock: Clock): Circuit {
  const requests = rollingCount(WINDOW_MS)
  const failures = rollingCount(WINDOW_MS)
  let state: State = { type: 'CLOSED', onTrial: false }
  let openMs = FIRST_OPEN_MS

  function look(): State {
    if (state.type === 'OPEN' && clock.monotonic() >= state.until) state = { type: 'HALF_OPEN', probing: false }
    return state
  }

  function open(): void {
    state = { type: 'OPEN', until: clock.monotonic() + openMs }
    openMs = Math.min(openMs * 2, LONGEST_OPEN_MS)
  }

  function close(): void {
    openMs = FIRST_OPEN_MS
    startAnew({ type: 'CLOSED', onTrial: false })
  }

  function startAnew(closed: State): void {
    state = closed
    requests.clear()
    failures.clear()
  }

  return {
    state: () => look().type,
    blockedForMs() {
      const now = look()
      if (now.type === 'OPEN') return now.until - clock.monotonic()
      return now.type === 'HALF_OPEN' && now.probing ? FIRST_OPEN_MS : 0
    },
    enter() {
      if (look().type !== 'HALF_OPEN') return 'request'
      state = { type: 'HALF_OPEN', probing: true }
      return 'probe'
    },
    succeeded() {
      const before = look()
      if (before.type === 'HALF_OPEN' || (before.type === 'CLOSED' && before.onTrial)) close()
      if (before.type !== 'HALF_OPEN') requests.add(clock.monotonic())
    },
    failed() {
      const before = look()
      if (before.type === 'HALF_OPEN' || (before.type === 'CLOSED' && before.onTrial)) return open()
      const now = clock.monotonic()
      requests.add(now)
      failures.add(now)
      const total = requests.over(now)
      if (before.type === 'CLOSED' && total >= MINIMUM_REQUESTS && failures.over(now) >= total * FAILING_SHARE) open()
    },
    left(passage) {
      // Who came through before it opened says nothing of the probe that is under way.
      if (passage === 'probe' && look().type === 'HALF_OPEN') state = { type: 'HALF_OPEN', probing: false }
    },
    recovered() {
      if (look().type === 'HALF_OPEN') startAnew({ type: 'CLOSED', onTrial: true })
    },
  }
}
