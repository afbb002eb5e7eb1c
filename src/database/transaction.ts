import { setTimeout as delay } from 'node:timers/promises'
import type postgres from 'postgres'
import { failureOf, isConnectionLost } from './failure.ts'

const MOST_TRIES = 5
const LONGEST_PAUSE_MS = 25

/**
 * One transaction, begun anew a few times where it lost against another one (a deadlock, a serialisation failure): the
 * server has then undone all of it. Where its connection is lost it rejects, and whether it was committed is not known.
 * @param work must be safe to repeat: it changes nothing outside of its transaction
 */
export async function transaction<T>(sql: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(sql, work)
    } catch (error) {
      if (failureOf(error) !== 'conflict' || tries === MOST_TRIES) throw error
    }
    // Of two that lost against each other, one comes back first.
    await delay(1 + Math.random() * LONGEST_PAUSE_MS * tries)
  }
}

/**
 * `sql.begin` alone would end the process where the connection is lost: it answers the failure with a rollback over the
 * connection that is gone, and the driver (postgres 3.4.9, issues 1154 and 1208 of porsager/postgres) then writes to a
 * socket that is null, in a callback that nobody can catch. So it is not told of such a failure; the server rolls the
 * transaction back. Nor is its end waited for then: over a connection that was given up it never comes.
 */
async function once<T>(sql: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const lost = Promise.withResolvers<never>()
  const begun = sql.begin((tx) =>
    work(tx).catch((error: unknown) => {
      if (!isConnectionLost(error)) throw error
      lost.reject(error)
      return new Promise<never>(() => {})
    }),
  )
  // What `begin` does with an array of promises is of no use to any work: it hands on what it is given.
  return (await Promise.race([begun, lost.promise])) as T
}
