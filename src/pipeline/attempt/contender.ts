import type { CallAbort } from '../call-abort.ts'
import type { CallEvent } from '../call-event.ts'
import type { AttemptEnd } from './attempt-end.ts'
import type { Seat } from './seat.ts'

/** Makes one attempt in a seat; the signal aborts it, and nothing else. */
export type Ask = (seat: Seat, signal: AbortSignal) => AsyncGenerator<CallEvent, AttemptEnd>

type Said = IteratorResult<CallEvent, AttemptEnd>

/** An attempt that may have another one beside it. */
export interface Contender {
  readonly seat: Seat
  /** Its start, as an event. Nothing is asked before. */
  begin(): Promise<CallEvent>
  /** Its first output, or its end where it has none. */
  said(): Promise<Said>
  /** What it said, and all that follows. */
  rest(): AsyncGenerator<CallEvent, AttemptEnd>
  /** Aborts it, so that its socket is closed, and keeps all that it may still say to itself. */
  stop(reason: CallAbort): Promise<AttemptEnd>
}

export function contender(ask: Ask, seat: Seat, callSignal: AbortSignal): Contender {
  const own = new AbortController()
  const attempt = ask(seat, AbortSignal.any([callSignal, own.signal]))
  let first: Promise<Said> | null = null

  function said(): Promise<Said> {
    first ??= attempt.next()
    return first
  }

  return {
    seat,
    said,
    async begin() {
      const { done, value } = await attempt.next()
      if (done) throw new Error('An attempt ended before it began')
      return value
    },
    async *rest() {
      const { done, value } = await said()
      if (done) return value
      yield value
      return yield* attempt
    },
    async stop(reason) {
      own.abort(reason)
      let result = await said()
      while (!result.done) result = await attempt.next()
      return result.value
    },
  }
}

/** Whichever says something first. */
export async function firstToSpeak(a: Contender, b: Contender): Promise<Contender> {
  return Promise.race([a.said().then(() => a), b.said().then(() => b)])
}
