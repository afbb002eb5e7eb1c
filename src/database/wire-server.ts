import { createServer, type Server, type Socket } from 'node:net'
import { type Client, type Session, type SessionTurns, sessionTurns } from './session-turns.ts'
import { type ClientMessage, framing } from './wire-framing.ts'

/**
 * Serves one single-user session (PGlite) to many connections that speak PostgreSQL's protocol.
 * @param onFailure called when the session itself broke and nothing can be served any more
 */
export function wireServer(session: Session, onFailure: (error: unknown) => void): Server {
  const turns = sessionTurns(session, onFailure)
  return createServer((socket) => serve(socket, turns))
}

function serve(socket: Socket, turns: SessionTurns): void {
  const frames = framing()
  const client: Client = {
    messages: [],
    gone: false,
    answer(bytes) {
      if (socket.writable) socket.write(bytes)
    },
  }
  turns.join(client)
  socket.setNoDelay(true)
  socket.on('data', (chunk) => {
    frames.push(chunk)
    for (let message = frames.next(); message !== null; message = frames.next()) take(message)
    turns.run()
  })
  socket.on('error', () => socket.destroy())
  socket.on('close', () => turns.leave(client))

  function take(message: ClientMessage): void {
    if (message.type === 'encryption') socket.write('N')
    else if (message.type === 'end') socket.end()
    else client.messages.push(message.bytes)
  }
}
