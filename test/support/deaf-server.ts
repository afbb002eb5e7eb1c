import { once } from 'node:events'
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'

/** Listens and never takes a connection: its thread sleeps. */
const LISTENER = `
const { createServer } = require('node:net')
const { parentPort } = require('node:worker_threads')
const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50)
})`

/** More than wait in its queue: from then on no handshake is completed. */
const QUEUED = 4

/** A server on loopback whose queue of connections is full: whoever connects waits for ever. */
export async function deafServer(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const worker = new Worker(LISTENER, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  await new Promise((resolve) => setTimeout(resolve, 200))
  const queued = Array.from({ length: QUEUED }, () => connect(port, '127.0.0.1').on('error', () => undefined))
  await new Promise((resolve) => setTimeout(resolve, 200))
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of queued) socket.destroy()
      await worker.terminate()
    },
  }
}
