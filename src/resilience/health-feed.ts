import type { Clock } from '../core/clock.ts'
import type { CircuitState, ProviderHealth } from '../core/provider-health.ts'
import type { Upstreams } from './upstreams.ts'

/** The health of providers as it changes. */
export interface HealthFeed {
  /** First every provider as it is now, then each that changes. Who reads slowly misses what was over before. */
  follow(): AsyncIterableIterator<ProviderHealth>
  /** Ends it for all who follow. */
  close(): void
}

/** How often error rates and latencies are told at most, and circuits that time alone has changed are noticed. */
const EVERY_MS = 1_000

/** While nobody follows, nothing is looked at. */
export function healthFeed({ health, observe }: Pick<Upstreams, 'health' | 'observe'>, clock: Clock): HealthFeed {
  const followers = new Set<Follower>()
  const circuits = new Map<string, CircuitState>()
  const told = new Map<string, string>()
  let stop: (() => void) | null = null
  let looksSoon = false
  let closed = false

  function tell(each: ProviderHealth): void {
    remember(each)
    for (const follower of followers) follower.push(each)
  }

  function remember(each: ProviderHealth): void {
    circuits.set(each.name, each.circuit)
    told.set(each.name, measured(each))
  }

  /** Many requests that end in one go are one look. */
  function lookSoon(): void {
    if (looksSoon) return
    looksSoon = true
    clock.after(0, () => {
      looksSoon = false
      if (stop === null) return
      for (const each of health()) if (circuits.get(each.name) !== each.circuit) tell(each)
    })
  }

  function start(): () => void {
    for (const each of health()) remember(each)
    const stopObserving = observe(lookSoon)
    let cancel = clock.after(EVERY_MS, look)
    function look(): void {
      cancel = clock.after(EVERY_MS, look)
      for (const each of health()) {
        if (circuits.get(each.name) !== each.circuit || told.get(each.name) !== measured(each)) tell(each)
      }
    }
    return () => {
      stopObserving()
      cancel()
    }
  }

  function leave(follower: Follower): void {
    followers.delete(follower)
    if (followers.size > 0) return
    stop?.()
    stop = null
  }

  return {
    follow() {
      const follower: Follower = newFollower(() => leave(follower))
      if (closed) {
        void follower.events.return?.()
        return follower.events
      }
      stop ??= start()
      followers.add(follower)
      for (const each of health()) follower.push(each)
      return follower.events
    },
    close() {
      closed = true
      for (const follower of [...followers]) void follower.events.return?.()
    },
  }
}

function measured({ errorRate, firstToken }: ProviderHealth): string {
  return `${errorRate} ${[...firstToken].join(' ')}`
}

interface Follower {
  push(health: ProviderHealth): void
  readonly events: AsyncIterableIterator<ProviderHealth>
}

type Result = IteratorResult<ProviderHealth, undefined>

const DONE: Result = { done: true, value: undefined }

function newFollower(onLeave: () => void): Follower {
  const pending = new Map<string, ProviderHealth>()
  let waiting: ((result: Result) => void) | null = null
  let left = false

  function take(): Result | null {
    const [first] = pending.values()
    if (first === undefined) return null
    pending.delete(first.name)
    return { done: false, value: first }
  }

  return {
    push(health) {
      // Only the newest of each provider is kept, so that nobody's slowness fills the memory.
      pending.delete(health.name)
      pending.set(health.name, health)
      const hand = waiting
      waiting = null
      hand?.(take() ?? DONE)
    },
    events: {
      next() {
        if (left) return Promise.resolve(DONE)
        const ready = take()
        if (ready !== null) return Promise.resolve(ready)
        return new Promise((resolve) => {
          waiting = resolve
        })
      },
      return() {
        left = true
        onLeave()
        waiting?.(DONE)
        waiting = null
        return Promise.resolve(DONE)
      },
      [Symbol.asyncIterator]() {
        return this
      },
    },
  }
}
