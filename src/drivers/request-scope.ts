/**
 * One request's own abort controller. It follows the caller's signal until it's closed, so that nothing of the request
 * stays attached to a signal that outlives it.
 */
export interface RequestScope {
  readonly signal: AbortSignal
  /** Lets go of the caller's signal and ends the request if it's still under way: its socket is closed. */
  close(): void
}

/** The reason of every such end: making an error with its stack for each request would cost for nothing. */
const OVER = new Error('The request is over')

/** @throws the signal's reason where it is aborted already */
export function openRequestScope(outer: AbortSignal): RequestScope {
  outer.throwIfAborted()
  const controller = new AbortController()
  const follow = () => controller.abort(outer.reason)
  outer.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    close() {
      outer.removeEventListener('abort', follow)
      controller.abort(OVER)
    },
  }
}
