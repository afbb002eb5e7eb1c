import { Socket } from 'node:net'
import postgres from 'postgres'
import type { DatabaseSettings } from '../core/settings.ts'
import { type Embedded, embeddedDatabase } from './embedded.ts'
import { type Pool, poolOf, serverPool } from './server-pool.ts'

/** The open database, the same for a Postgres server and the embedded one. */
export interface Database {
  /**
   * For statements written by hand, above all those of the hot path. Asked for anew for each piece of work, never kept:
   * when a connection breaks another pool takes its place.
   */
  readonly sql: Pool['sql']
  /** For everything else. */
  readonly orm: Pool['orm']
  /**
   * Calls back on every notice of a channel (`pg_notify`), and whenever one may have been missed. The embedded database
   * passes no notices on, and a server behind a connection pooler may not: who must not miss one also looks by himself.
   * @returns how to stop
   */
  listen(channel: string, onNotice: () => void): Promise<() => Promise<void>>
  /**
   * For who has waited for an answer for so long that nobody may be there any more to give one, as where the server's
   * machine is gone: its system tells this one's nothing, which goes on waiting for a quarter of an hour. Connections are
   * made anew; what waits on the old ones fails soon, and may have been carried out.
   */
  renew(): void
  close(): Promise<void>
}

/** The database does not answer at start. The message says where it was looked for, and never a password. */
export class DatabaseUnreachable extends Error {
  override readonly name = 'DatabaseUnreachable'
}

const EMBEDDED_CONNECTIONS = 4
const CONNECT_TIMEOUT_S = 10
const EMBEDDED_TIMEOUT_S = 60
const CLOSE_TIMEOUT_S = 2
/** Between two tries to connect, in seconds; short, so that a database that is back is used again at once. */
const LONGEST_BACKOFF_S = 1

const common = {
  fetch_types: false,
  onnotice: () => {},
  connect_timeout: CONNECT_TIMEOUT_S,
  backoff: (tries: number) => Math.min(2 ** tries / 50, LONGEST_BACKOFF_S),
} as const

/**
 * Opens the database and waits until it answers. From then on, connections that break are made anew as they are needed.
 * @throws DatabaseUnreachable
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  return settings.type === 'postgres' ? openServer(settings) : openEmbedded(settings.directory)
}

async function openServer(settings: DatabaseSettings & { type: 'postgres' }): Promise<Database> {
  const pool = serverPool(settings.url, { ...common, max: settings.connections })
  // Of its own, for a pool that is given up takes its listeners with it.
  const listener = postgres(settings.url, { ...common, max: 1 })
  const { host, port, database } = listener.options
  const place = `${host.map((name, at) => `${name}:${port[at] ?? port[0]}`).join(', ')}, database ${database}`
  const close = async () => {
    await Promise.all([pool.end(CLOSE_TIMEOUT_S), end(listener)])
  }
  await answering(pool.current().sql, `The Postgres server at ${place}, does not answer`, close)
  return {
    get sql() {
      return pool.current().sql
    },
    get orm() {
      return pool.current().orm
    },
    listen: listenOn(listener),
    renew: pool.renew,
    close,
  }
}

/** On a connection of its own, which is made anew when it breaks. */
function listenOn(sql: postgres.Sql): Database['listen'] {
  return async (channel, onNotice) => {
    const { unlisten } = await sql.listen(channel, onNotice, onNotice)
    return () => unlisten().catch(() => {})
  }
}

async function openEmbedded(directory: string): Promise<Database> {
  const embedded = embeddedDatabase(directory)
  const options = {
    ...common,
    database: 'postgres',
    username: 'postgres',
    max: EMBEDDED_CONNECTIONS,
    max_lifetime: null,
    // Another process may just be making the files, which takes seconds, or many on a busy machine.
    connect_timeout: EMBEDDED_TIMEOUT_S,
    socket: () => socketOf(embedded),
  }
  const sql = postgres(options)
  const close = async () => {
    await end(sql)
    await embedded.close()
  }
  await answering(sql, `The embedded database in ${directory} does not answer`, close)
  return { ...poolOf(sql), listen: async () => async () => {}, renew: () => {}, close }
}

/** @throws DatabaseUnreachable after closing what was opened */
async function answering(sql: postgres.Sql, complaint: string, close: () => Promise<void>): Promise<void> {
  try {
    await sql`select 1`
  } catch (error) {
    await close()
    throw new DatabaseUnreachable(`${complaint}: ${reasonOf(error)}`, { cause: error })
  }
}

/** A refused connection has its reason in its code (and, for several addresses, an empty message). */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return error.message === '' ? (code ?? error.name) : error.message
}

async function end(sql: postgres.Sql): Promise<void> {
  await sql.end({ timeout: CLOSE_TIMEOUT_S })
}

/**
 * A connected socket for the driver, or, where that fails, one that ends with the failure: the driver takes a
 * connection whose socket could not be made for one that is being made for ever.
 */
async function socketOf(embedded: Embedded): Promise<Socket> {
  try {
    return await embedded.connect()
  } catch (error) {
    const broken = new Socket()
    setImmediate(() => broken.destroy(error instanceof Error ? error : new Error(String(error))))
    return broken
  }
}
