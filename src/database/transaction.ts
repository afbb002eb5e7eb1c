import type postgres from 'postgres'
import { isConnectionLost } from './failure.ts'

/**
 * One transaction. Where its connection is lost it rejects, as anywhere else. `sql.begin` alone would end the process: it
 * answers the failure with a rollback over the connection that is gone, and the driver (postgres 3.4.9, issues 1154 and
 * 1208 of porsager/postgres) then writes to a socket that is null, in a callback that nobody can catch. So it is not told
 * of such a failure; the transaction ends by the connection's own closing, and the server rolls it back.
 */
export async function transaction<T>(sql: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  // What `begin` does with an array of promises is of no use to any work: it hands on what it is given.
  return (await sql.begin((tx) => work(tx).catch(unlessConnectionLost))) as T
}

function unlessConnectionLost(error: unknown): Promise<never> {
  if (!isConnectionLost(error)) throw error
  return new Promise(() => {})
}
