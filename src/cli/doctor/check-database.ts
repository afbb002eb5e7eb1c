import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import type { Clock } from '../../core/clock.ts'
import type { DatabaseSettings } from '../../core/settings.ts'
import { type Database, DatabaseUnreachable, openDatabase } from '../../database/database.ts'
import { bad, type Check, good } from './check.ts'
import { checkDataDirectory, exists } from './check-data-directory.ts'

const MIGRATIONS = fileURLToPath(new URL('../../../schema/migrations', import.meta.url))

/** More than this between two clocks, in milliseconds, and times in the ledger no longer fit together. */
const MOST_DRIFT_MS = 5_000

/** Whether the database answers, has all its tables, and agrees on the time. Changes nothing. */
export async function checkDatabase(settings: DatabaseSettings, clock: Clock): Promise<readonly Check[]> {
  if (settings.type === 'postgres') return opened(settings, clock)
  const directory = await checkDataDirectory(settings.directory)
  const isNew = !(await exists(join(settings.directory, 'database')))
  if (isNew) return [directory, good('Database', 'embedded; the first start makes it')]
  return directory.ok ? [directory, ...(await opened(settings, clock))] : [directory]
}

async function opened(settings: DatabaseSettings, clock: Clock): Promise<readonly Check[]> {
  let database: Database
  try {
    database = await openDatabase(settings)
  } catch (error) {
    if (error instanceof DatabaseUnreachable) return [bad('Database', error.message)]
    throw error
  }
  try {
    const place = settings.type === 'postgres' ? await versionOf(database) : 'embedded'
    const clocks = settings.type === 'postgres' ? [await checkClock(database, clock)] : []
    return [good('Database', place), await checkMigrations(database), ...clocks]
  } finally {
    await database.close()
  }
}

async function versionOf({ sql }: Database): Promise<string> {
  const [row] = await sql<{ server_version: string }[]>`show server_version`
  return `Postgres ${row?.server_version ?? ''}`.trim()
}

async function checkMigrations({ sql }: Database): Promise<Check> {
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS })
  const [journal] = await sql<{ there: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as there`
  const [last] = journal?.there
    ? await sql<{ at: string | null }[]>`select max(created_at)::text as at from drizzle.__drizzle_migrations`
    : []
  const newest = Number(last?.at ?? 0)
  const due = known.filter(({ folderMillis }) => folderMillis > newest).length
  if (newest > Math.max(0, ...known.map(({ folderMillis }) => folderMillis))) {
    return bad('Tables', 'are of a newer version than this one: update it')
  }
  return due === 0
    ? good('Tables', 'up to date')
    : bad('Tables', `${due} migration(s) behind: start the server, or npm run switchyard -- migrate`)
}

async function checkClock({ sql }: Database, clock: Clock): Promise<Check> {
  const before = clock.now()
  const [row] = await sql<{ ms: string }[]>`select (extract(epoch from clock_timestamp()) * 1000)::text as ms`
  const drift = Math.abs(Number(row?.ms) - (before + clock.now()) / 2)
  const seconds = (drift / 1000).toFixed(1)
  return drift <= MOST_DRIFT_MS
    ? good('Clock', `agrees with the database's`)
    : bad('Clock', `${seconds} s from the database's: synchronise both with NTP`)
}
