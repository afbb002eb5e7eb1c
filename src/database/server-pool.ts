import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { storable } from './row-arrays.ts'

/** Connections, in the driver's form and in Drizzle's. */
export interface Pool {
  readonly sql: postgres.Sql
  readonly orm: PostgresJsDatabase
}

/** PostgreSQL's number of its type `text`. */
const TEXT = 25

/**
 * Both forms at once, always: Drizzle changes how the driver writes and reads times and JSON, and statements written by
 * hand count on that. Texts are written as they can be stored, whoever they come from.
 */
export function poolOf(sql: postgres.Sql): Pool {
  const orm = drizzle(sql)
  sql.options.serializers[TEXT] = (value: unknown) => storable(String(value))
  return { sql, orm }
}

/** A pool of connections to a server, which is made anew when one of them breaks. */
export interface ServerPool {
  /** The pool of now: to be asked for anew for each statement or transaction. */
  current(): Pool
  /** Gives up connections that nothing comes over any more, with what waits for them. */
  renew(): void
  /** Ends it; what still runs has this long, in seconds. */
  end(timeoutS: number): Promise<void>
}

export type PoolOptions = postgres.Options<Record<string, never>>

/** How long statements on the healthy connections of a pool that was given up may still take, in seconds. */
const RETIRED_TIMEOUT_S = 30
/** The same where statements have been waiting for an answer for long. */
const SILENT_TIMEOUT_S = 5
/** How often it is asked whether somebody is there at the other end, in milliseconds. */
const BEAT_EVERY_MS = 10_000

/**
 * A connection of the driver (postgres 3.4.9) that breaks at the wrong moment is broken for ever: it keeps bytes for a
 * connection that is gone and waits for a write that was called off, so each later use of its place in the pool ends in
 * CONNECT_TIMEOUT (issue 1133 and pull request 1215 of porsager/postgres). So when a connection breaks, the whole pool is
 * given up for a new one, which costs no more than connecting anew.
 */
export function serverPool(url: string, options: PoolOptions): ServerPool {
  let ended = false
  let pool = newPool()
  /** The pool that was asked and has not answered yet. */
  let asked: Pool | null = null
  const beat = setInterval(ask, BEAT_EVERY_MS).unref()

  function newPool(): Pool {
    const made = poolOf(
      postgres(url, { ...options, max_lifetime: null, onclose: () => retire(made, RETIRED_TIMEOUT_S) }),
    )
    return made
  }

  /**
   * Connections may all be dead without a word, as where the server's machine is gone, or a firewall has forgotten them:
   * the system goes on waiting for a quarter of an hour.
   */
  function ask(): void {
    if (asked === pool) {
      retire(pool, RETIRED_TIMEOUT_S)
      return
    }
    const asking = pool
    asked = asking
    asking.sql`select 1`
      .catch(() => {})
      .finally(() => {
        if (asked === asking) asked = null
      })
  }

  function retire(broken: Pool, timeout: number): void {
    if (ended || broken !== pool) return
    pool = newPool()
    broken.sql.end({ timeout }).catch(() => {})
  }

  return {
    current: () => pool,
    renew: () => retire(pool, SILENT_TIMEOUT_S),
    async end(timeoutS) {
      ended = true
      clearInterval(beat)
      await pool.sql.end({ timeout: timeoutS })
    },
  }
}
