import type { NumberedEvent } from '../../core/events.ts'
import { CallAbort } from '../call-abort.ts'
import type { IncomingCall } from '../call-kinds.ts'
import type { Handler } from '../step.ts'
import { eventLog } from './event-log.ts'

/** A call of this process, under way or ended lately. It runs to its end by itself; readers only look on. */
export interface LiveCall {
  readonly id: string
  /** Null where nobody knows who asked. */
  readonly projectId: string | null
  /** Whom it serves, as far as its request says. */
  readonly endUser: string | null
  /** Resolves with its last event; rejects where a fault of ours or of the database ended it. */
  readonly last: Promise<NumberedEvent>
  /** Its events from behind number `after` on. When the last reader leaves, the call is cancelled. */
  read(after: number): AsyncIterableIterator<NumberedEvent>
  /** Counts as a reader until the returned function is called. */
  attend(): () => void
  cancel(): void
  /** Whether its events are kept for a while after its end. Vectors are large, and nobody asks for them twice. */
  readonly isReplayed: boolean
  /** About how much memory its events hold, in bytes. */
  size(): number
}

/** What makes a call, but for the signal, which its life brings. */
export type CallSeed = Omit<IncomingCall, 'signal' | 'abort'>

export function startLiveCall(run: Handler<IncomingCall, NumberedEvent>, seed: CallSeed): LiveCall {
  const controller = new AbortController()
  const abort = (reason: CallAbort) => controller.abort(reason)
  const log = eventLog()
  let readers = 0
  let ended = false

  const last = runToEnd()
  // Whoever waits for it sees the error; without anybody waiting it must not end the process.
  last.catch(() => undefined)

  async function runToEnd(): Promise<NumberedEvent> {
    let final: NumberedEvent | null = null
    try {
      for await (const event of run({ ...seed, signal: controller.signal, abort })) {
        final = event
        log.append(event)
      }
      if (!final) throw new Error(`Call ${seed.id} ended without an event`)
      ended = true
      log.end()
      return final
    } catch (error) {
      ended = true
      log.end(error)
      throw error
    }
  }

  function attend(): () => void {
    let here = true
    readers += 1
    return () => {
      if (!here) return
      here = false
      readers -= 1
      if (readers === 0 && !ended) abort(new CallAbort('caller'))
    }
  }

  return {
    id: seed.id,
    projectId: seed.caller?.projectId ?? null,
    endUser: seed.checked.ok ? seed.checked.request.endUser : null,
    isReplayed: !(seed.checked.ok && seed.checked.request.task.type === 'embedding'),
    last,
    attend,
    read: (after) => log.read(after, attend()),
    cancel: () => abort(new CallAbort('caller')),
    size: log.size,
  }
}
