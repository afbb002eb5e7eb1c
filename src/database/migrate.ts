import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type postgres from 'postgres'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Database } from './database.ts'
import { LOCKS } from './locks.ts'
import { ensurePartitions } from './partitions.ts'
import { transaction } from './transaction.ts'

const FOLDER = fileURLToPath(new URL('../../schema/migrations', import.meta.url))

type Migration = ReturnType<typeof readMigrationFiles>[number]

/**
 * Brings the database's tables up to date with `schema/migrations`, each migration once, and makes the partitions that
 * are due. Many replicas may do so at once: they take turns.
 * @returns how many migrations were applied
 */
export async function migrate(database: Database, clock: Clock = systemClock): Promise<number> {
  const migrations = readMigrationFiles({ migrationsFolder: FOLDER })
  const applied = await transaction(database.sql, async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCKS.schema}::bigint)`
    const due = await dueOf(tx, migrations)
    for (const migration of due) await apply(tx, migration)
    return due.length
  })
  await ensurePartitions(database, clock.now())
  return applied
}

/** The journal is drizzle-kit's own (same table, same columns), so that its tools see what was applied. */
async function dueOf(tx: postgres.TransactionSql, migrations: readonly Migration[]): Promise<Migration[]> {
  await tx`create schema if not exists drizzle`
  await tx`
    create table if not exists drizzle.__drizzle_migrations (
      id serial primary key, hash text not null, created_at bigint
    )`
  const [last] = await tx<{ at: string | null }[]>`select max(created_at) as at from drizzle.__drizzle_migrations`
  const newest = Number(last?.at ?? 0)
  return migrations.filter((migration) => migration.folderMillis > newest)
}

async function apply(tx: postgres.TransactionSql, migration: Migration): Promise<void> {
  for (const statement of migration.sql) await tx.unsafe(statement)
  await tx`
    insert into drizzle.__drizzle_migrations (hash, created_at)
    values (${migration.hash}, ${migration.folderMillis})`
}
