import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Answers one request in code. */
export type Responder = (response: ServerResponse) => void | Promise<void>

/** A server whose next answers a test writes itself. */
export interface ContractServer {
  readonly url: string
  /** How many connections are open. */
  connections(): number
  /** Resolves when a request's body has arrived. */
  nextRequest(): Promise<void>
  respond(responder: Responder): void
  /** Closes every connection, as a test's beginning. */
  dropIdle(): void
  close(): Promise<void>
}

export async function startContractServer(): Promise<ContractServer> {
  let responder: Responder = (response) => void response.writeHead(599).end()
  let arrived = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      arrived.resolve()
      Promise.resolve(responder(response)).catch(() => response.destroy())
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => sockets.size,
    nextRequest: () => arrived.promise,
    respond(next) {
      responder = next
      arrived = Promise.withResolvers<void>()
    },
    dropIdle() {
      for (const socket of sockets) socket.destroy()
    },
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** A port on loopback where nobody listens. */
export async function deadUrl(): Promise<string> {
  const server = await startContractServer()
  await server.close()
  return server.url
}
