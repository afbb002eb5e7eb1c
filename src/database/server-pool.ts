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
  /** Ends it; what still runs has this long, in seconds. */
  end(timeoutS: number): Promise<void>
}

export type PoolOptions = postgres.Options<Record<string, never>>

/** How long statements on the healthy connections of a pool that was given up may still take, in seconds. */
const RETIRED_TIMEOUT_S = 30

/**
 * A connection of the driver (postgres 3.4.9) that breaks at the wrong moment is broken for ever: it keeps bytes for a
 * connection that is gone and waits for a write that was called off, so each later use of its place in the pool ends in
 * CONNECT_TIMEOUT (issue 1133 and pull request 1215 of porsager/postgres). So when a connection breaks, the whole pool is
 * given up for a new one, which costs no more than connecting anew.
 */
export function serverPool(url: string, options: PoolOptions): ServerPool {
  let ended = false
  let pool = newPool()

  function newPool(): Pool {
    const made = poolOf(postgres(url, { ...options, max_lifetime: null, onclose: () => retire(made) }))
    return made
  }

  function retire(broken: Pool): void {
    if (ended || broken !== pool) return
    pool = newPool()
    broken.sql.end({ timeout: RETIRED_TIMEOUT_S }).catch(() => {})
  }

  return {
    current: () => pool,
    async end(timeoutS) {
      ended = true
      await pool.sql.end({ timeout: timeoutS })
    },
  }
}
