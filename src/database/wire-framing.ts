/** The length of the fixed part of what a client says first: a length and a code. */
const PREAMBLE = 8
/** The length of what every other message begins with: a type and a length. */
const HEAD = 5
const ENCRYPTION_REQUESTS = new Set([80877103, 80877104])
const CANCEL_REQUEST = 80877102
const TERMINATE = 0x58

/** One message of a client, as the PostgreSQL protocol (version 3, "Message Formats") frames it. */
export type ClientMessage =
  /** Asks for encryption; the answer is one byte. */
  | { readonly type: 'encryption' }
  /** The client goes, or wants another connection's query cancelled, which a single session can't do. */
  | { readonly type: 'end' }
  /** For the database: a startup message or what comes after it. */
  | { readonly type: 'message'; readonly bytes: Buffer }

/** Cuts what a client sends into messages. */
export interface Framing {
  push(chunk: Buffer): void
  /** The next whole message; null where more bytes are needed. */
  next(): ClientMessage | null
}

export function framing(): Framing {
  let chunks: Buffer[] = []
  let length = 0
  let started = false
  /** How many bytes must be there before looking again; keeps a large message from being copied for each chunk. */
  let needed = PREAMBLE

  function gathered(): Buffer {
    const [only, ...more] = chunks
    if (only && more.length === 0) return only
    const all = Buffer.concat(chunks, length)
    chunks = [all]
    return all
  }

  /** The next `size` bytes; null, and remembered, where they are not there yet. */
  function take(size: number): Buffer | null {
    needed = size
    if (length < size) return null
    const all = gathered()
    chunks = [all.subarray(size)]
    length -= size
    needed = started ? HEAD : PREAMBLE
    return all.subarray(0, size)
  }

  function first(): ClientMessage | null {
    const head = gathered()
    const code = head.readInt32BE(4)
    const bytes = take(head.readInt32BE(0))
    if (bytes === null) return null
    if (ENCRYPTION_REQUESTS.has(code)) return { type: 'encryption' }
    if (code === CANCEL_REQUEST) return { type: 'end' }
    started = true
    needed = HEAD
    return { type: 'message', bytes }
  }

  return {
    push(chunk) {
      chunks.push(chunk)
      length += chunk.length
    },
    next() {
      if (length < needed) return null
      if (!started) return first()
      const bytes = take(1 + gathered().readInt32BE(1))
      if (bytes === null) return null
      return bytes[0] === TERMINATE ? { type: 'end' } : { type: 'message', bytes }
    },
  }
}
