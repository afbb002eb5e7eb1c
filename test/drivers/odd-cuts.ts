const LF = 10
const CR = 13
const BACKSLASH = 92

/**
 * Cuts a body into pieces at the places where careless decoders break: inside UTF-8 sequences, inside `\r\n`, between
 * the two line feeds of an event's end, after a backslash in JSON, and at odd lengths anywhere.
 * @param limit about how many pieces at most
 */
export function oddCuts(body: Buffer, limit: number): readonly Buffer[] {
  const pieces: Buffer[] = []
  const step = Math.max(7, Math.ceil(body.length / limit))
  let from = 0
  for (let at = 1; at < body.length; at++) {
    const since = at - from
    if (since >= step + (at % 5) || (since >= step / 2 && isOdd(body, at))) {
      pieces.push(body.subarray(from, at))
      from = at
    }
  }
  if (from < body.length) pieces.push(body.subarray(from))
  return pieces
}

/** Whether a cut before this byte splits something. */
function isOdd(body: Buffer, at: number): boolean {
  const byte = body[at] ?? 0
  const before = body[at - 1] ?? 0
  const insideUtf8 = (byte & 0xc0) === 0x80
  return insideUtf8 || before === BACKSLASH || (before === CR && byte === LF) || (before === LF && byte === LF)
}
