import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to the database that can be cut. */
export interface Line {
  /** The same URL by this way. */
  readonly url: string
  /** Ends every connection and refuses new ones. */
  cut(): void
  /** Ends every connection; new ones are taken. */
  drop(): void
  mend(): void
  close(): Promise<void>
}

export async function lineTo(url: string): Promise<Line> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let isCut = false

  function join(from: Socket, to: Socket): void {
    sockets.add(from)
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.pipe(to)
  }

  function drop(): void {
    for (const socket of sockets) socket.destroy()
  }

  const server = createServer((near) => {
    if (isCut) return void near.resetAndDestroy()
    const far = connect(Number(target.port || 5432), target.hostname)
    join(near, far)
    join(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const by = new URL(url)
  by.hostname = '127.0.0.1'
  by.port = String((server.address() as AddressInfo).port)
  return {
    url: by.href,
    drop,
    cut() {
      isCut = true
      drop()
    },
    mend() {
      isCut = false
    },
    async close() {
      drop()
      server.close()
      await once(server, 'close')
    },
  }
}
