import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { DatabaseUnreachable, openDatabase } from '../../src/database/database.ts'
import { migrate } from '../../src/database/migrate.ts'
import { ensurePartitions } from '../../src/database/partitions.ts'
import { apiKey } from '../../src/database/schema/api-key.ts'
import { attempt } from '../../src/database/schema/attempt.ts'
import { audit } from '../../src/database/schema/audit.ts'
import { call } from '../../src/database/schema/call.ts'
import { idempotency } from '../../src/database/schema/idempotency.ts'
import { project } from '../../src/database/schema/project.ts'
import { quota, quotaWindow } from '../../src/database/schema/quota.ts'
import { rating } from '../../src/database/schema/rating.ts'
import { routeInForce, routeVersion } from '../../src/database/schema/route-version.ts'
import { usageHourly, usageLate, usageProgress, usageRollup } from '../../src/database/schema/usage.ts'
import { describeDatabases, describePostgres } from '../support/database.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TABLES: readonly PgTable[] = [
  apiKey,
  attempt,
  audit,
  call,
  idempotency,
  project,
  quota,
  quotaWindow,
  rating,
  routeInForce,
  routeVersion,
  usageHourly,
  usageLate,
  usageProgress,
  usageRollup,
]

async function migrationFiles(): Promise<readonly string[]> {
  const files = await readdir(join(ROOT, 'schema/migrations'))
  return files.filter((file) => file.endsWith('.sql'))
}

describe('the migrations', () => {
  it('say all that the tables in code say: drizzle-kit finds nothing to add', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-migrations-'))
    try {
      await cp(join(ROOT, 'schema/migrations'), folder, { recursive: true })
      const before = await readdir(folder)
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          join(ROOT, 'node_modules/drizzle-kit/bin.cjs'),
          'generate',
          '--dialect=postgresql',
          '--schema=./src/database/schema/*.ts',
          `--out=${relative(ROOT, folder)}`,
        ],
        { cwd: ROOT },
      )
      expect(stdout).toContain('No schema changes')
      expect(await readdir(folder)).toEqual(before)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describeDatabases('the migrated database', (suite) => {
  it('has the columns, keys and indexes of the tables in code, also where a migration was written by hand', async () => {
    const { sql } = suite.database()
    for (const table of TABLES) {
      const config = getTableConfig(table)
      const columns = await sql<{ name: string; type: string; needed: boolean }[]>`
        select attname as name, format_type(atttypid, null) as type, attnotnull as needed
        from pg_attribute where attrelid = ${config.name}::regclass and attnum > 0 and not attisdropped order by attnum`
      expect(columns.map((column) => ({ ...column }))).toEqual(
        config.columns.map((column) => ({ name: column.name, type: column.getSQLType(), needed: column.notNull })),
      )
      const found = await sql<
        { name: string }[]
      >`select indexname as name from pg_indexes where tablename = ${config.name}`
      const names = found.map(({ name }) => name)
      for (const index of config.indexes) expect(names).toContain(index.config.name)
      for (const key of config.primaryKeys) expect(names).toContain(key.getName())
    }
  })

  it('is not migrated twice', async () => {
    expect(await migrate(suite.database())).toBe(0)
  })

  it('has calls by month, and moves over what the default partition caught', async () => {
    const database = suite.database()
    const { sql } = database
    const at = Date.UTC(2031, 4, 20, 12)
    const partitionOf = async () =>
      (
        await sql<{ name: string }[]>`select tableoid::regclass::text as name from attempt where call_id = ${ID}::uuid`
      ).map(({ name }) => name)
    await sql`
      insert into attempt (call_id, created_at, number, project_id, provider, model, outcome, started_at, duration_ms)
      values (${ID}::uuid, ${new Date(at).toISOString()}::timestamptz, 1, ${ID}::uuid, 'p', 'm', 'FAILED', now(), 1)`
    expect(await partitionOf()).toEqual(['attempt_default'])
    await Promise.all([ensurePartitions(database, at), ensurePartitions(database, at)])
    expect(await partitionOf()).toEqual(['attempt_2031_05'])
    const [row] = await sql`
      select count(*)::int as n from pg_class where relname in ('call_2031_05', 'call_2031_06', 'call_2031_07')`
    expect(row).toEqual({ n: 3 })
  })
})

const ID = '018f0000-0000-7000-8000-000000000001'

describePostgres('many replicas that start at once', (suite) => {
  it('migrate an empty database once', async () => {
    const settings = suite.settings()
    if (settings.type !== 'postgres') throw new Error('not a server')
    const { sql } = suite.database()
    const url = new URL(settings.url)
    url.pathname += '_empty'
    const name = sql(url.pathname.slice(1))
    await sql`create database ${name}`
    try {
      const options = { ...settings, url: url.href, connections: 2 }
      const replicas = await Promise.all([1, 2, 3, 4].map(() => openDatabase(options)))
      const applied = await Promise.all(replicas.map((replica) => migrate(replica)))
      await Promise.all(replicas.map((replica) => replica.close()))
      expect(applied.sort()).toEqual([0, 0, 0, (await migrationFiles()).length])
    } finally {
      await sql`drop database ${name} with (force)`
    }
  })
})

describe('a Postgres server that is not there', () => {
  it('ends the start with an error that says where it was looked for, and no password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/ledger'
    const failure = await openDatabase({ type: 'postgres', url, connections: 2 }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DatabaseUnreachable)
    expect(String(failure)).toContain('127.0.0.1:1, database ledger')
    expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('hunter2')
  })
})
