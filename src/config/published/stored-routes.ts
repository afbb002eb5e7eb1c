import type postgres from 'postgres'
import type { RouteVersion } from '../../core/route-admin.ts'
import { LOCKS } from '../../database/locks.ts'
import { timestamp } from '../../database/row-arrays.ts'
import type { StoredRoute } from './read-published.ts'

type Sql = postgres.Sql | postgres.TransactionSql

/** The channel on which a database server tells that routes have changed. */
export const ROUTES_CHANNEL = 'switchyard_routes'

/** Which versions are in force, as one text: cheap to ask again and again. */
export async function readFingerprint(sql: Sql): Promise<string> {
  const rows = await sql<{ name: string; version: number }[]>`select name, version from route_in_force order by name`
  return JSON.stringify(rows.map(({ name, version }) => [name, version]))
}

/** What is published and in force. */
export async function readInForce(sql: Sql): Promise<readonly StoredRoute[]> {
  const rows = await sql<{ name: string; version: number; config_text: string }[]>`
    select name, version, config::text as config_text from route_in_force join route_version using (name, version)
    order by name`
  return rows.map((row) => ({ name: row.name, version: row.version, config: JSON.parse(row.config_text) }))
}

/** Routes are changed one change at a time: each is checked against all others. */
export async function lockRoutes(tx: postgres.TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOCKS.routes}::bigint)`
}

export async function versionInForce(sql: Sql, name: string): Promise<number> {
  const [row] = await sql<{ version: number }[]>`select version from route_in_force where name = ${name}`
  return row?.version ?? 0
}

/** Puts a version into force and tells all replicas, once the transaction is committed. */
export async function putInForce(tx: postgres.TransactionSql, name: string, version: number): Promise<void> {
  await tx`
    insert into route_in_force (name, version) values (${name}, ${version})
    on conflict (name) do update set version = excluded.version`
  await tx`select pg_notify(${ROUTES_CHANNEL}, ${name})`
}

export interface NewVersion {
  readonly name: string
  /** As JSON. */
  readonly config: string
  readonly comment: string | null
  readonly apiKeyId: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Stores the next version of a route; returns its number. */
export async function addVersion(tx: postgres.TransactionSql, added: NewVersion): Promise<number> {
  const { name, config, comment, apiKeyId, now } = added
  const [row] = await tx<{ version: number }[]>`
    insert into route_version (name, version, config, comment, api_key_id, published_at)
    select ${name}, coalesce(max(version), 0) + 1, ${config}::text::json, ${comment}, ${apiKeyId}::uuid,
      ${timestamp(now)}::timestamptz
    from route_version where name = ${name}
    returning version`
  if (!row) throw new Error(`The route ${name} was not stored`)
  return row.version
}

interface VersionRow {
  readonly name: string
  readonly version: number
  readonly in_force: boolean
  readonly config_text: string
  readonly comment: string | null
  readonly published_ms: string
  readonly api_key_id: string
  readonly project_id: string | null
}

export interface VersionQuery {
  readonly name: string
  readonly first: number
  /** Only versions below this one. */
  readonly before: number
}

/** Published versions of a route, newest first. */
export async function readVersions(sql: Sql, { name, first, before }: VersionQuery): Promise<readonly RouteVersion[]> {
  const rows = await sql<VersionRow[]>`
    select published.name, published.version, current.version is not null as in_force,
      config::text as config_text, comment, extract(epoch from published_at) * 1000 as published_ms, api_key_id,
      api_key.project_id
    from route_version as published
    left join api_key on api_key.id = published.api_key_id
    left join route_in_force as current on current.name = published.name and current.version = published.version
    where published.name = ${name} and published.version < ${before}::int
    order by published.version desc limit ${first}::int`
  return rows.map((row) => ({
    name: row.name,
    version: row.version,
    inForce: row.in_force,
    config: JSON.parse(row.config_text),
    comment: row.comment,
    publishedAt: Number(row.published_ms),
    publisher: { apiKeyId: row.api_key_id, projectId: row.project_id },
  }))
}
