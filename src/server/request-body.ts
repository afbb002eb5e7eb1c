import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { createGraphQLError, type Plugin } from 'graphql-yoga'
import type { RequestContext } from './request-context.ts'

/** How long a client may go on sending what nobody reads, so that it can take the answer that says so. */
const LINGER_MS = 1_000

/**
 * Whether the body is within the limit. A body of declared length is not read here: Node's parser holds the client to
 * it. One without is read up to the limit and put where GraphQL finds it.
 */
export async function bodyFits(request: IncomingMessage, limit: number): Promise<boolean> {
  const declared = request.headers['content-length']
  if (declared !== undefined) return Number(declared) <= limit
  if (request.headers['transfer-encoding'] === undefined) return true
  const body = await readUpTo(request, limit)
  if (body) Object.assign(request, { body: Readable.from(body, { objectMode: false }) })
  return body !== null
}

/** Ends the connection of a client that goes on sending a body after it was told that it's too large. */
export function stopReading(request: IncomingMessage, response: ServerResponse<IncomingMessage>): void {
  response.once('finish', () => {
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy()
    }, LINGER_MS)
    timer.unref()
  })
}

/** Refuses requests whose body is too large, as a GraphQL error with status 413. */
export function refuseLargeBodies(limit: number): Plugin<object, RequestContext> {
  return {
    onRequestParse({ serverContext }) {
      if (!serverContext.bodyTooLarge) return
      throw createGraphQLError(`The request's body is larger than ${limit} bytes.`, {
        extensions: { code: 'REQUEST_TOO_LARGE', limit, http: { status: 413 } },
      })
    },
  }
}

/** The body; null where it is larger than the limit, and then no more of it is kept. */
function readUpTo(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      chunks.length = 0
      request.off('data', onData)
      resolve(null)
    }
    request.on('data', onData)
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
  })
}
