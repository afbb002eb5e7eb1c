import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a TCP server that a test can break. */
export interface FlakyProxy {
  readonly port: number
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>
  restore(): Promise<void>
  /**
   * The next time that a client sends this text, the server still gets it, but the connection breaks before the client
   * hears what became of it.
   */
  loseAnswerTo(text: string): void
  /**
   * Calls back at once the next time that a client sends this text: before the server has got it, which it then never
   * does, or when the server has answered, which the client never hears of.
   */
  interrupt(text: string, moment: 'sent' | 'answered', then: () => void): void
  /**
   * The next time that a client sends this text, all connections fall silent for ever, as where the server's machine has
   * gone: nothing ends them, and nothing goes over them any more. New ones work.
   */
  silenceAt(text: string): void
  close(): Promise<void>
}

export async function flakyProxy(target: { readonly host: string; readonly port: number }): Promise<FlakyProxy> {
  const sockets = new Set<Socket>()
  const clients = new Map<Socket, Socket>()
  let losing: string | null = null
  let silencing: string | null = null
  let interruption: { readonly text: string; readonly moment: 'sent' | 'answered'; readonly then: () => void } | null =
    null

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    clients.set(client, upstream)
    let muted = false
    let onAnswer: (() => void) | null = null
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        clients.delete(client)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (fallsSilentAt(chunk)) return
      if (losing !== null && chunk.includes(losing)) {
        losing = null
        muted = true
      }
      if (interruption !== null && chunk.includes(interruption.text)) {
        const { moment, then } = interruption
        interruption = null
        if (moment === 'sent') {
          then()
          return void client.destroy()
        }
        onAnswer = then
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      onAnswer?.()
      if (muted || onAnswer) client.destroy()
      else client.write(chunk)
    })
  })

  function fallsSilentAt(chunk: Buffer): boolean {
    if (silencing === null || !chunk.includes(silencing)) return false
    silencing = null
    silence()
    return true
  }

  function silence(): void {
    for (const [client, upstream] of clients) {
      // What is not read is not answered, not even the end of it.
      client.removeAllListeners('data').pause()
      upstream.removeAllListeners('close').destroy()
      sockets.delete(upstream)
    }
    clients.clear()
  }

  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }

  async function cut(): Promise<void> {
    const closed = server.listening ? once(server, 'close') : Promise.resolve()
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    cut,
    restore: () => listen(port),
    loseAnswerTo(text) {
      losing = text
    },
    interrupt(text, moment, then) {
      interruption = { text, moment, then }
    },
    silenceAt(text) {
      silencing = text
    },
    close: cut,
  }
}
