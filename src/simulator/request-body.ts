import type { IncomingMessage } from 'node:http'

/** Nobody means to send more to a simulator. */
const LIMIT_BYTES = 64 * 1024 * 1024

/**
 * The whole body of a request; null where it is too large.
 * @throws where the client goes away before its end
 */
export function readBody(request: IncomingMessage): Promise<Buffer | null> {
  // By events, since iterating a request costs a benchmark more than all else that is done with it.
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > LIMIT_BYTES) resolve(null)
      else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => {
      if (!request.complete) reject(new Error('The client went away.'))
    })
  })
}
