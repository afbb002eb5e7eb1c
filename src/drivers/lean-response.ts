import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

type Body = Dispatcher.ResponseData['body']

/**
 * A response with what SDKs and drivers use of one: status, headers, and the body as text, as JSON or piece by piece.
 * Without the web streams of a full one, which cost more than all that is done with the answer.
 */
export function leanResponse(url: string, { statusCode, headers, body }: Dispatcher.ResponseData): Response {
  const lean = {
    url,
    status: statusCode,
    statusText: '',
    ok: statusCode >= 200 && statusCode < 300,
    redirected: false,
    type: 'default',
    headers: headersOf(headers),
    body: leanBody(body),
    get bodyUsed() {
      return body.bodyUsed
    },
    text: () => body.text(),
    json: () => body.json(),
    arrayBuffer: () => body.arrayBuffer(),
    bytes: () => body.bytes(),
    blob: () => body.blob(),
  }
  return lean as unknown as Response
}

function headersOf(raw: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw)) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) headers.append(name, each)
  }
  return headers
}

function leanBody(body: Body) {
  const cancel = async () => {
    body.destroy()
  }
  return {
    cancel,
    getReader: () => leanReader(body, cancel),
    [Symbol.asyncIterator]: () => body[Symbol.asyncIterator](),
  }
}

function leanReader(body: Body, cancel: () => Promise<void>) {
  const pieces: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]()
  return {
    read: async () => {
      const { done, value } = await pieces.next()
      return done ? { done: true, value: undefined } : { done: false, value }
    },
    cancel,
    releaseLock: () => {},
  }
}
