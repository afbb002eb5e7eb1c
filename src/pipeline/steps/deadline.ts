import type { Clock } from '../../core/clock.ts'
import type { DriverEvent, Upstream } from '../../core/driver.ts'
import { ProviderError } from '../../core/provider-error.ts'
import type { AttemptCall, ProviderAsk } from '../call-kinds.ts'
import { firstTokenMsOf } from '../first-token.ts'
import type { Handler, Step } from '../step.ts'

/**
 * Bounds every wait of an attempt: for the first token, and between two events after it. A wait that is too long, an
 * abort from above and a consumer that leaves all abort the request below, so that no socket is left. The bound of the
 * whole call is its caller's.
 */
export function deadline({ clock }: { readonly clock: Clock }): Step<AttemptCall, AttemptCall, DriverEvent> {
  return (next) => (call) => bounded(clock, call, next)
}

async function* bounded(
  clock: Clock,
  call: AttemptCall,
  next: Handler<AttemptCall, DriverEvent>,
): AsyncGenerator<DriverEvent> {
  const { controller, unlink } = linkedController(call.signal)
  const watch = silenceWatch(clock, boundsOf(call), controller)
  let finished = false
  try {
    for await (const event of next({ ...call, signal: controller.signal })) {
      if (event.type !== 'start') watch.heard()
      finished = event.type === 'finish'
      yield event
      if (finished) return
    }
  } finally {
    watch.stop()
    unlink()
    // A finished driver ends its request itself; an abort would only cost the connection that it could keep.
    if (!finished) controller.abort()
  }
}

/** Vectors come in parts, like a stream: the first of them are the first token. */
function upstreamOf(ask: ProviderAsk): Upstream {
  return ask.type === 'completion' ? ask.request.upstream : 'stream'
}

/** In milliseconds. */
interface Bounds {
  /** Null where the answer comes in one piece: it is silent until it is there, and only the call's own deadline bounds it. */
  readonly firstTokenMs: number | null
  readonly idleMs: number
}

function boundsOf({ ask, timeouts }: AttemptCall): Bounds {
  const firstTokenMs = upstreamOf(ask) === 'unary' ? null : (timeouts.firstTokenMs ?? firstTokenMsOf(ask))
  return { firstTokenMs, idleMs: timeouts.idleMs }
}

/** A controller that is aborted with its parent, until it is unlinked. */
function linkedController(parent: AbortSignal) {
  const controller = new AbortController()
  const follow = () => controller.abort(parent.reason)
  if (parent.aborted) follow()
  else parent.addEventListener('abort', follow, { once: true })
  return { controller, unlink: () => parent.removeEventListener('abort', follow) }
}

interface SilenceWatch {
  /** Something came: from now on the bound is the one between tokens. */
  heard(): void
  stop(): void
}

/** One timer that is set anew only when it fires, so that an event costs no more than reading the clock. */
function silenceWatch(clock: Clock, { firstTokenMs, idleMs }: Bounds, controller: AbortController): SilenceWatch {
  let heardAt: number | null = null
  let cancel = firstTokenMs === null ? () => {} : clock.after(firstTokenMs, () => tooLate(firstTokenMs))

  function tooLate(boundMs: number): void {
    controller.abort(silence('FIRST_TOKEN_TIMEOUT', boundMs))
  }

  function onTimer(): void {
    const leftMs = (heardAt ?? 0) + idleMs - clock.monotonic()
    if (leftMs > 0) cancel = clock.after(leftMs, onTimer)
    else controller.abort(silence('IDLE_TIMEOUT', idleMs))
  }

  return {
    heard() {
      const first = heardAt === null
      heardAt = clock.monotonic()
      if (!first) return
      cancel()
      cancel = clock.after(idleMs, onTimer)
    },
    stop: () => cancel(),
  }
}

function silence(kind: 'FIRST_TOKEN_TIMEOUT' | 'IDLE_TIMEOUT', ms: number): ProviderError {
  const message = kind === 'IDLE_TIMEOUT' ? `Nothing came for ${ms} ms mid-stream` : `No token came within ${ms} ms`
  return new ProviderError({ kind, message })
}
