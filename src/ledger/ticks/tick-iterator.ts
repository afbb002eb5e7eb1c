import type { Clock } from '../../core/clock.ts'
import { Unavailable } from '../../core/unavailable.ts'
import type { UsageCounts, UsageTick } from '../../core/usage-tick.ts'
import { NO_COUNTS } from '../usage/usage-counts.ts'
import type { UsageGrowth } from './usage-growth.ts'

export interface TickParts {
  readonly growth: UsageGrowth
  /** Calls back whenever there may be something new, until the returned function is called. */
  watch(onChange: () => void): () => void
  readonly everyMs: number
  readonly clock: Clock
  onLeave(): void
}

/** How long nothing is looked at where no notice came: for notices that were lost, and what sends none. */
const LOOK_EVERY_MS = 2_000

type Result = IteratorResult<UsageTick, undefined>

const DONE: Result = { done: true, value: undefined }

/** Makes a tick only when it is asked for one, so that nothing piles up before a slow reader. */
export function tickIterator({ growth, watch, everyMs, clock, onLeave }: TickParts): AsyncIterableIterator<UsageTick> {
  const left = Promise.withResolvers<Result>()
  let hasLeft = false
  let cancelWait: (() => void) | null = null
  let stale = true
  let last: { readonly time: number; readonly at: number; readonly lookedAt: number } | null = null
  let before: Promise<unknown> = Promise.resolve()
  const stopWatching = watch(() => {
    stale = true
  })

  async function tick(): Promise<Result> {
    if (last !== null) await wait(last.at + everyMs - clock.monotonic())
    if (hasLeft) return DONE
    return { done: false, value: await counted() }
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      cancelWait = clock.after(Math.max(0, ms), resolve)
    })
  }

  async function counted(): Promise<UsageTick> {
    const time = clock.now()
    const at = clock.monotonic()
    const isDue = stale || last === null || at - last.lookedAt >= LOOK_EVERY_MS
    const counts = isDue ? await look(time) : NO_COUNTS
    const from = last?.time ?? time
    last = { time, at, lookedAt: isDue ? at : (last?.lookedAt ?? at) }
    return { from, to: time, counts }
  }

  /** What is settled while it is read may be in it or not, so that is looked for again. */
  async function look(time: number): Promise<UsageCounts> {
    stale = false
    try {
      return await growth.look(time)
    } catch (error) {
      // Without a first look there is nothing to count from.
      if (last === null || !(error instanceof Unavailable)) throw error
      stale = true
      return NO_COUNTS
    }
  }

  function leave(): void {
    if (hasLeft) return
    hasLeft = true
    cancelWait?.()
    stopWatching()
    left.resolve(DONE)
    onLeave()
  }

  return {
    next() {
      if (hasLeft) return Promise.resolve(DONE)
      const turn = before.then(tick)
      before = turn.catch(leave)
      return Promise.race([left.promise, turn])
    },
    return() {
      leave()
      return Promise.resolve(DONE)
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
