import type { DriverEvent } from '../core/driver.ts'
import { deltaBuffer } from './delta-buffer.ts'

/** How much content may wait for a reader before the provider's stream is left to wait too, in UTF-16 code units. */
const HIGH_WATER = 256 * 1024

/**
 * Hands on what has arrived, not one token at a time: deltas that came in one read of the network, or while the reader
 * was busy, become one event. No delta waits for a later one. Ends as its source ends; after an abort of the signal, with
 * its reason, at once.
 */
export function merged(source: AsyncIterable<DriverEvent>, signal: AbortSignal): AsyncIterable<DriverEvent> {
  return { [Symbol.asyncIterator]: () => mergingIterator(source[Symbol.asyncIterator](), signal) }
}

type SourceState =
  | { readonly type: 'idle' }
  | { readonly type: 'open' }
  | { readonly type: 'ended' }
  | { readonly type: 'failed'; readonly error: unknown }

function mergingIterator(source: AsyncIterator<DriverEvent>, signal: AbortSignal): AsyncIterator<DriverEvent> {
  const buffer = deltaBuffer()
  const reader = doorbell()
  const room = doorbell()
  let state: SourceState = { type: 'idle' }

  async function pump(): Promise<void> {
    try {
      for (let result = await source.next(); !result.done; result = await source.next()) {
        buffer.push(result.value)
        reader.ringSoon()
        if (buffer.size() > HIGH_WATER) await room.rung()
      }
      if (state.type === 'open') state = { type: 'ended' }
    } catch (error) {
      if (state.type === 'open') state = { type: 'failed', error }
    }
    reader.ringSoon()
  }

  function start(): void {
    state = { type: 'open' }
    if (signal.aborted) onAbort()
    else {
      signal.addEventListener('abort', onAbort, { once: true })
      void pump()
    }
  }

  function onAbort(): void {
    state = { type: 'failed', error: signal.reason }
    buffer.clear()
    room.ring()
    reader.ring()
  }

  /** What can be said at once; null where the reader has to wait. */
  function atHand(): IteratorResult<DriverEvent> | null {
    const event = buffer.shift()
    if (event) {
      room.ring()
      return { done: false, value: event }
    }
    if (state.type === 'open') return null
    signal.removeEventListener('abort', onAbort)
    if (state.type === 'failed') throw state.error
    return { done: true, value: undefined }
  }

  return {
    async next() {
      if (state.type === 'idle') start()
      let result = atHand()
      while (!result) {
        await reader.rung()
        result = atHand()
      }
      return result
    },
    async return() {
      signal.removeEventListener('abort', onAbort)
      // Not awaited: a source that waits for its provider would hold up whoever leaves. Its signal ends it.
      source.return?.().catch(() => undefined)
      return { done: true, value: undefined }
    },
  }
}

/** Wakes the one who waits at it, if there is one. */
interface Doorbell {
  rung(): Promise<void>
  ring(): void
  /** Rings when all that this turn of the event loop brought is there. */
  ringSoon(): void
}

function doorbell(): Doorbell {
  let wake: (() => void) | null = null
  let soon = false

  function ring(): void {
    soon = false
    wake?.()
    wake = null
  }

  return {
    rung: () =>
      new Promise((resolve) => {
        wake = resolve
      }),
    ring,
    ringSoon() {
      if (soon || !wake) return
      soon = true
      setImmediate(ring)
    },
  }
}
