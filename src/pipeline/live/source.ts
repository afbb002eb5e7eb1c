import type { CallError } from '../../core/call-error.ts'
import type { NumberedEvent } from '../../core/events.ts'
import { CallAbort } from '../call-abort.ts'
import { aborted } from '../call-errors.ts'
import { lateIterator } from './late-iterator.ts'
import type { LiveCall } from './live-call.ts'
import { lastEventOf, type PastCall, type PastCallParts } from './past-call.ts'

/** Where the events of a request come from. */
export type Source =
  | { readonly type: 'live'; readonly call: LiveCall }
  /** A call of another process, or one that ended too long ago to be replayed. */
  | { readonly type: 'past'; readonly call: PastCall }
  | { readonly type: 'event'; readonly event: NumberedEvent }

/** The source of a request that is turned away before it becomes a call. */
export function failedSource(callId: string, error: CallError): Source {
  return { type: 'event', event: { callId, seq: 1, event: { type: 'failed', error } } }
}

/** The events of a source from behind number `after` on; of a past call, only the last. */
export function readSource(parts: PastCallParts, source: Source, after: number): AsyncIterableIterator<NumberedEvent> {
  switch (source.type) {
    case 'live':
      return source.call.read(after)
    case 'event':
      return listed([source.event])
    case 'past':
      return readPast(parts, source.call)
  }
}

/** The last event of a source. Whoever waits for a live call attends it until it ends or the client goes away. */
export async function lastOf(parts: PastCallParts, source: Source, signal: AbortSignal): Promise<NumberedEvent> {
  switch (source.type) {
    case 'live':
      return lastOfLive(source.call, signal)
    case 'event':
      return source.event
    case 'past':
      return lastOfPast(parts, source.call, signal)
  }
}

async function* listed<T>(values: readonly T[]): AsyncGenerator<T, undefined> {
  yield* values
}

function readPast(parts: PastCallParts, call: PastCall): AsyncIterableIterator<NumberedEvent> {
  const controller = new AbortController()
  const last = lastEventOf(parts, call, controller.signal)
  const events = lateIterator(last.then((event) => listed([event])))
  return {
    next: () => events.next(),
    return(value) {
      controller.abort(new CallAbort('caller'))
      return events.return?.(value) ?? Promise.resolve({ done: true, value })
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** Where the client goes away there is nobody left to read what this returns; its call goes on. */
async function lastOfPast(parts: PastCallParts, call: PastCall, signal: AbortSignal): Promise<NumberedEvent> {
  try {
    return await lastEventOf(parts, call, signal)
  } catch (error) {
    if (!signal.aborted) throw error
    return { callId: call.id, seq: 1, event: { type: 'failed', error: aborted(new CallAbort('caller'), []) } }
  }
}

async function lastOfLive(call: LiveCall, signal: AbortSignal): Promise<NumberedEvent> {
  const leave = call.attend()
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await call.last
  } finally {
    signal.removeEventListener('abort', leave)
    leave()
  }
}
