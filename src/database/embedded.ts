import { mkdir, rm } from 'node:fs/promises'
import { connect as connectTo, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { WorkerCommand, WorkerFiles, WorkerReport } from './embedded-protocol.ts'
import { takeLock } from './folder-lock.ts'
import { socketPath } from './socket-path.ts'

/** The Postgres (PGlite) kept in a folder, whoever runs it: this process or another one on the same folder. */
export interface Embedded {
  /** A connection to it. Starts it in a thread of this process where nobody runs it. */
  connect(): Promise<Socket>
  /** Stops it where this process runs it. */
  close(): Promise<void>
}

const LOCK_POLL_MS = 25

/**
 * @param directory made with rights for its owner only, where it does not exist
 */
export function embeddedDatabase(directory: string): Embedded {
  let thread: Thread | null = null
  let starting: Promise<void> | null = null
  let closed = false

  async function connect(): Promise<Socket> {
    const path = await prepared(directory)
    const socket = await tryConnect(path)
    if (socket) return socket
    if (closed) throw new Error('The embedded database is closed')
    starting ??= start(path).finally(() => {
      starting = null
    })
    await starting
    const started = await tryConnect(path)
    if (started) return started
    throw new Error(`The embedded database in ${directory} stopped as soon as it had started`)
  }

  /** Starts the thread, unless somebody else does first. */
  async function start(path: string): Promise<void> {
    while (true) {
      const live = await tryConnect(path)
      if (live) return void live.destroy()
      const release = await takeLock(join(directory, '.starting'))
      if (release) return await own(path, release)
      await delay(LOCK_POLL_MS)
    }
  }

  async function own(path: string, release: () => Promise<void>): Promise<void> {
    try {
      const live = await tryConnect(path)
      if (live) return void live.destroy()
      await rm(path, { force: true })
      thread = await listening({ data: join(directory, 'database'), socket: path })
    } finally {
      await release()
    }
    await thread.ready
  }

  return {
    connect,
    async close() {
      closed = true
      await starting?.catch(() => {})
      if (!thread) return
      const { worker, ended } = thread
      thread = null
      worker.ref()
      worker.postMessage({ type: 'close' } satisfies WorkerCommand)
      await ended
    },
  }
}

async function prepared(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return socketPath(directory)
}

/** Null where nobody listens. */
function tryConnect(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connectTo(path)
    socket.once('connect', () => {
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else reject(error)
    })
  })
}

interface Thread {
  readonly worker: Worker
  /** Resolves when the files are open. */
  readonly ready: Promise<void>
  /** Resolves when it is over, also where it had ended before anybody asked. */
  readonly ended: Promise<void>
}

/** Starts the thread and waits until it listens. */
function listening(files: WorkerFiles): Promise<Thread> {
  const worker = new Worker(new URL('./embedded-worker.ts', import.meta.url), { workerData: files, execArgv: [] })
  const ready = Promise.withResolvers<void>()
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  ready.promise.catch(() => {})
  const listens = new Promise<Thread>((resolve, reject) => {
    const fail = (why: string) => {
      const error = new Error(`The embedded database in ${files.data} does not start: ${why}`)
      reject(error)
      ready.reject(error)
    }
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'listening') resolve({ worker, ready: ready.promise, ended })
      else if (report.type === 'failed') fail(report.message)
      else {
        // From here on the thread alone does not keep the process alive.
        worker.unref()
        ready.resolve()
      }
    })
    worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
    worker.on('exit', () => fail('its thread ended'))
  })
  return listens
}
