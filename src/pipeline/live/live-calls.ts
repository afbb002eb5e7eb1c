import type { Clock } from '../../core/clock.ts'
import type { NumberedEvent } from '../../core/events.ts'
import type { IncomingCall } from '../call-kinds.ts'
import type { Handler } from '../step.ts'
import { type CallSeed, type LiveCall, startLiveCall } from './live-call.ts'

/** How long the events of an ended call can be replayed, in milliseconds. */
const KEPT_MS = 300_000

/** How much memory the events of ended calls may hold, in bytes; the oldest go first. */
const KEPT_BYTES = 64 * 1024 * 1024

/** The calls of this process: those under way, and those that ended less than five minutes ago. */
export interface LiveCalls {
  start(seed: CallSeed): LiveCall
  get(id: string): LiveCall | null
  running(): readonly LiveCall[]
  /** Drops the events of calls that ended too long ago. */
  prune(): void
}

interface Ended {
  readonly call: LiveCall
  readonly at: number
  readonly bytes: number
}

export function liveCalls(run: Handler<IncomingCall, NumberedEvent>, clock: Clock): LiveCalls {
  const running = new Map<string, LiveCall>()
  const ended = new Map<string, Ended>()
  let endedBytes = 0

  function prune(): void {
    for (const [id, { at, bytes }] of ended) {
      if (clock.monotonic() - at < KEPT_MS && endedBytes <= KEPT_BYTES) return
      ended.delete(id)
      endedBytes -= bytes
    }
  }

  function onEnd(call: LiveCall): void {
    running.delete(call.id)
    if (!call.isReplayed) return
    const bytes = call.size()
    ended.set(call.id, { call, at: clock.monotonic(), bytes })
    endedBytes += bytes
    prune()
  }

  return {
    start(seed) {
      const call = startLiveCall(run, seed)
      running.set(call.id, call)
      call.last.then(
        () => onEnd(call),
        // Its row is written when the database is back: the ledger then tells how it ended.
        () => running.delete(call.id),
      )
      return call
    },
    get: (id) => running.get(id) ?? ended.get(id)?.call ?? null,
    running: () => [...running.values()],
    prune,
  }
}
