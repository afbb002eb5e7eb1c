import type { Clock } from '../../core/clock.ts'

/** Said in place of bytes where none came within the grace: the body has not ended. */
export const NOTHING_YET = Symbol('nothing yet')

/** Reads a body piece by piece, each read ending with an abort or, where asked, after a while. */
export interface ByteSource {
  /**
   * The next piece; null at the end of the body.
   * @param graceMs how long to wait for it; null waits as long as it takes
   * @throws the signal's reason where it's aborted, the transport's error where the connection breaks
   */
  read(graceMs: number | null): Promise<Uint8Array | null | typeof NOTHING_YET>
  close(): void
}

export function byteSource(
  body: ReadableStream<Uint8Array>,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): ByteSource {
  const reader = body.getReader()
  const cancel = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  const next = async (): Promise<Uint8Array | null> => {
    const { done, value } = await reader.read()
    signal.throwIfAborted()
    return done ? null : value
  }
  return {
    read: (graceMs) => (graceMs === null ? next() : withGrace(next(), graceMs, clock)),
    close() {
      signal.removeEventListener('abort', cancel)
      cancel()
    },
  }
}

/**
 * A read that is still under way when the grace is over is left behind; closing the source ends it. The grace is two waits,
 * since what had arrived while the process stood still is read between them.
 */
function withGrace(
  read: Promise<Uint8Array | null>,
  graceMs: number,
  clock: Clock,
): Promise<Uint8Array | null | typeof NOTHING_YET> {
  return new Promise((resolve, reject) => {
    let cancel = clock.after(graceMs / 2, () => {
      cancel = clock.after(graceMs / 2, () => resolve(NOTHING_YET))
    })
    read.then(resolve, reject).finally(() => cancel())
  })
}
