/**
 * The same iterator, left as soon as the signal is aborted: at once, also while a `next()` is pending. A client that
 * goes away before its stream has begun to be written would otherwise never be noticed by whoever writes it.
 */
export function leaveOnAbort<T>(events: AsyncIterableIterator<T>, signal: AbortSignal): AsyncIterableIterator<T> {
  const leave = () => {
    events.return?.()?.catch(ignored)
  }
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  return events
}

/** The reader of the stream gets this error too, and nobody else is there to tell. */
function ignored(): void {}
