import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { WorkerCommand, WorkerFiles, WorkerReport } from './embedded-protocol.ts'
import type { Session } from './session-turns.ts'
import { wireServer } from './wire-server.ts'

/**
 * The thread that the embedded Postgres (PGlite) runs in, so that its work never holds up the event loop that serves
 * requests. It listens before it opens the files: a socket that listens is what tells other processes that the
 * database is taken.
 */
const port = parentPort
if (!port) throw new Error('This file runs in a worker thread only')

const files: WorkerFiles = workerData
const report = (message: WorkerReport) => port.postMessage(message)
const opened = Promise.withResolvers<PGlite>()
opened.promise.catch(() => {})

const session: Session = async (message, onData) => {
  const database = await opened.promise
  await database.execProtocolRawStream(message, { onRawData: onData })
}

const server = wireServer(session, fail)

function fail(error: unknown): void {
  report({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  server.close()
  port?.close()
  setImmediate(() => process.exit(1))
}

/** Makes a new database aside, so that a start that is broken off leaves none that is half made. */
async function make(folder: string): Promise<void> {
  const aside = `${folder}.making`
  await rm(aside, { recursive: true, force: true })
  const database = await PGlite.create(aside)
  await database.close()
  await rename(aside, folder)
}

port.on('message', async (command: WorkerCommand) => {
  if (command.type !== 'close') return
  // The socket goes last: while it listens, nobody else opens the files.
  await opened.promise.then((database) => database.close()).catch(() => {})
  server.close()
  process.exit(0)
})

server.on('error', fail)
server.listen(files.socket, async () => {
  report({ type: 'listening' })
  try {
    if (!existsSync(files.data)) await make(files.data)
    const database = await PGlite.create(files.data)
    opened.resolve(database)
    report({ type: 'ready' })
  } catch (error) {
    opened.reject(error)
    fail(error)
  }
})
