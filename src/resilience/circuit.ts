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
  /** Takes the right to send one request. Call it only where `blockedForMs()` is 0, and tell its end exactly once. */
  enter(): Passage
}

/**
 * One request under way. How it ends counts only where the circuit has not opened since it began: a request that a broken
 * provider holds for half a minute says nothing of how the provider does by then.
 */
export interface Passage {
  succeeded(): void
  failed(): void
  /** It ended without saying anything of the provider's health: cancelled, or refused for another reason. */
  left(): void
  /**
   * It was no request to the model, but found its provider there again: closed on trial, so that the first request that
   * fails opens it anew, for twice as long as before.
   */
  recovered(): void
}

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
  let timesOpened = 0

  function look(): State {
    if (state.type === 'OPEN' && clock.monotonic() >= state.until) state = { type: 'HALF_OPEN', probing: false }
    return state
  }

  function open(): void {
    state = { type: 'OPEN', until: clock.monotonic() + openMs }
    openMs = Math.min(openMs * 2, LONGEST_OPEN_MS)
    timesOpened += 1
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

  function succeeded(): void {
    const before = look()
    if (before.type === 'HALF_OPEN' || (before.type === 'CLOSED' && before.onTrial)) close()
    if (before.type !== 'HALF_OPEN') requests.add(clock.monotonic())
  }

  function failed(): void {
    const before = look()
    const now = clock.monotonic()
    requests.add(now)
    failures.add(now)
    const total = requests.over(now)
    const isBroken = total >= MINIMUM_REQUESTS && failures.over(now) >= total * FAILING_SHARE
    if (before.type === 'HALF_OPEN' || (before.type === 'CLOSED' && before.onTrial) || isBroken) open()
  }

  return {
    state: () => look().type,
    blockedForMs() {
      const now = look()
      if (now.type === 'OPEN') return now.until - clock.monotonic()
      return now.type === 'HALF_OPEN' && now.probing ? FIRST_OPEN_MS : 0
    },
    enter() {
      if (look().type === 'HALF_OPEN') state = { type: 'HALF_OPEN', probing: true }
      const opened = timesOpened
      const unlessOpened = (end: () => void) => () => {
        if (opened === timesOpened) end()
      }
      return {
        succeeded: unlessOpened(succeeded),
        failed: unlessOpened(failed),
        left: unlessOpened(() => {
          if (look().type === 'HALF_OPEN') state = { type: 'HALF_OPEN', probing: false }
        }),
        recovered: unlessOpened(() => {
          if (look().type === 'HALF_OPEN') startAnew({ type: 'CLOSED', onTrial: true })
        }),
      }
    },
  }
}
