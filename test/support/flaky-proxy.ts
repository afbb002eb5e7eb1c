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
  close(): Promise<void>
}

export async function flakyProxy(target: { readonly host: string; readonly port: number }): Promise<FlakyProxy> {
  const sockets = new Set<Socket>()
  let losing: string | null = null
  let interruption: { readonly text: string; readonly moment: 'sent' | 'answered'; readonly then: () => void } | null =
    null

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    let muted = false
    let onAnswer: (() => void) | null = null
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', (chunk) => {
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
    close: cut,
  }
}
