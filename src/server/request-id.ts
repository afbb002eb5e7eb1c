import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const PLAIN = /^[\w.:-]{1,128}$/

/** The id that whoever stands in front gave the request (`X-Request-Id`), where it is a plain one; else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && PLAIN.test(given) ? given : randomUUID()
}
