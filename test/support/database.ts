import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterAll, beforeAll, describe } from 'vitest'
import type { DatabaseSettings } from '../../src/core/settings.ts'
import { type Database, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'

/** A migrated database that one suite has to itself. */
export interface DatabaseSuite {
  readonly kind: 'embedded' | 'postgres'
  /** The open database; there from `beforeAll` on. */
  database(): Database
  /** How to open it once more. */
  settings(): DatabaseSettings
}

interface Place {
  readonly settings: DatabaseSettings
  remove(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CONNECTIONS = 8

const LOCAL_SERVER = 'postgres://postgres:postgres@127.0.0.1:5432/postgres'
const serverUrl = await findServer()
if (serverUrl === null) {
  console.warn(
    'Tests on a Postgres server are skipped: TEST_DATABASE_URL is not set and none answers on 127.0.0.1:5432',
  )
}

/** Defines a suite twice: on the embedded database, and on a Postgres server where there is one. */
export function describeDatabases(title: string, define: (suite: DatabaseSuite) => void): void {
  describe(`${title} (embedded)`, () => define(suiteOf('embedded', embeddedPlace)))
  describe.skipIf(serverUrl === null)(`${title} (Postgres server${serverUrl === null ? ': none found' : ''})`, () =>
    define(suiteOf('postgres', serverPlace)),
  )
}

/** Defines a suite on a Postgres server only, for what only a server does. */
export function describePostgres(title: string, define: (suite: DatabaseSuite) => void): void {
  describe.skipIf(serverUrl === null)(`${title} (Postgres server${serverUrl === null ? ': none found' : ''})`, () =>
    define(suiteOf('postgres', serverPlace)),
  )
}

function suiteOf(kind: DatabaseSuite['kind'], makePlace: () => Promise<Place>): DatabaseSuite {
  let place: Place | null = null
  let database: Database | null = null

  beforeAll(async () => {
    place = await makePlace()
    database = await openDatabase(place.settings)
    await migrate(database)
  })
  afterAll(async () => {
    await database?.close()
    await place?.remove()
  })

  return { kind, database: () => present(database), settings: () => present(place).settings }
}

function present<T>(value: T | null): T {
  if (value === null) throw new Error('The database is there in tests and hooks only')
  return value
}

/** A folder with a migrated database: a copy, since making one takes seconds. */
export async function embeddedPlace(): Promise<Place> {
  const template = await embeddedTemplate()
  const directory = await mkdtemp(join(tmpdir(), 'switchyard-test-'))
  await cp(template, directory, { recursive: true })
  return {
    settings: { type: 'embedded', directory },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

/** Made once for each state of the migrations, beside what other tools cache. */
async function embeddedTemplate(): Promise<string> {
  const cache = join(ROOT, 'node_modules', '.cache', 'switchyard-test')
  const template = join(cache, `embedded-${hashOfMigrations()}`)
  if (existsSync(template)) return template
  await mkdir(cache, { recursive: true })
  const making = await mkdtemp(join(cache, 'making-'))
  const database = await openDatabase({ type: 'embedded', directory: making })
  await migrate(database)
  await database.close()
  // Another test file may have been faster; then its template is as good.
  await rename(making, template).catch(() => rm(making, { recursive: true, force: true }))
  return template
}

function hashOfMigrations(): string {
  const folder = join(ROOT, 'schema', 'migrations')
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json')))
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.sql')) hash.update(readFileSync(join(folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function serverPlace(): Promise<Place> {
  const name = `switchyard_test_${randomBytes(6).toString('hex')}`
  await onServer((sql) => sql.unsafe(`create database ${name}`))
  const url = new URL(present(serverUrl))
  url.pathname = `/${name}`
  return {
    settings: { type: 'postgres', url: url.href, connections: CONNECTIONS },
    remove: () => onServer((sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  }
}

async function onServer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(present(serverUrl), { max: 1, onnotice: () => {} })
  try {
    await work(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function findServer(): Promise<string | null> {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL
  const sql = postgres(LOCAL_SERVER, { max: 1, connect_timeout: 1, onnotice: () => {} })
  try {
    await sql`select 1`
    return LOCAL_SERVER
  } catch {
    return null
  } finally {
    await sql.end({ timeout: 1 })
  }
}
