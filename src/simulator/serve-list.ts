import type { IncomingMessage, ServerResponse } from 'node:http'
import type { World } from './exchange.ts'
import { maskedKey, refusalOfKey } from './keys.ts'
import type { ModelList } from './model-lists.ts'
import { plainHeaders } from './plain-headers.ts'

interface ListCall {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly list: ModelList
}

/** Answers a request for a list of models. Who has no key may read it too, but a bad key is refused. */
export function serveList(world: World, { request, response, url, list }: ListCall): void {
  const at = world.clock.now()
  const key = list.wire.keyOf(plainHeaders(request), url.searchParams)
  const refusal = key === null ? null : refusalOfKey(key)
  const shownKey = key === null ? null : maskedKey(key)
  const entry = world.log.add({
    time: new Date(at).toISOString(),
    wire: 'models',
    path: url.pathname,
    model: '',
    streaming: false,
    key: shownKey,
    body: null,
    fault: refusal,
    status: null,
    chunks: 0,
    done: true,
    clientClosedAfterMs: null,
    durationMs: 0,
  })
  const reply =
    refusal === null
      ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(list.read()) }
      : list.wire.refuse(refusal, {
          model: '',
          amount: null,
          streaming: false,
          at,
          requestId: `req_sim${entry.number}`,
          maskedKey: shownKey ?? '',
          detail: null,
        })
  entry.status = reply.status
  response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) })
  response.end(reply.body)
}
