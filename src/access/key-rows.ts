import type postgres from 'postgres'
import type { ApiKey } from '../core/api-key.ts'
import type { AuditAction } from '../core/audit.ts'
import type { Scope } from '../core/caller.ts'
import type { PageQuery } from '../core/changed.ts'
import type { Clock } from '../core/clock.ts'
import { jsonDiff } from '../core/json-diff.ts'
import { appendAudit } from '../database/audit.ts'
import { textArray, timestamp } from '../database/row-arrays.ts'

type Sql = postgres.Sql | postgres.TransactionSql

interface KeyRow {
  readonly id: string
  readonly project_id: string
  readonly project: string
  readonly name: string
  readonly prefix: string
  readonly scopes: string
  readonly created_ms: string
  readonly expires_ms: string | null
  readonly revoked_ms: string | null
  readonly allowed_models: string | null
  readonly allowed_routes: string | null
  readonly allowed_origins: string | null
  readonly replaced_by: string | null
}

const SELECT = `
  select api_key.id, project_id, project.name as project, api_key.name, prefix,
    array_to_json(scopes)::text as scopes, extract(epoch from api_key.created_at) * 1000 as created_ms,
    extract(epoch from expires_at) * 1000 as expires_ms, extract(epoch from revoked_at) * 1000 as revoked_ms,
    array_to_json(allowed_models)::text as allowed_models, array_to_json(allowed_routes)::text as allowed_routes,
    array_to_json(allowed_origins)::text as allowed_origins, replaced_by
  from api_key join project on project.id = api_key.project_id`

/** A page of keys by their ids, which is in the order in which they were made. */
export function readKeys(sql: Sql, { projectId, first, after }: PageQuery): Promise<readonly ApiKey[]> {
  const condition = '($1::uuid is null or project_id = $1::uuid) and ($2::uuid is null or api_key.id > $2::uuid)'
  return select(sql, `where ${condition} order by api_key.id limit $3::int`, [projectId, after, String(first)])
}

/** All keys, or those of the project of a name, in the order in which they were made. */
export function keysOfProject(sql: Sql, project: string | null): Promise<readonly ApiKey[]> {
  return select(sql, 'where $1::text is null or project.name = $1 order by api_key.created_at, api_key.id', [project])
}

export function keysOfHash(sql: Sql, hash: string): Promise<readonly ApiKey[]> {
  return select(sql, 'where hash = $1', [hash])
}

/** The keys of this prefix, or the one of this id. */
export function keysNamed(sql: Sql, prefix: string, id: string | null): Promise<readonly ApiKey[]> {
  const condition = 'prefix = $1 or api_key.id = $2::uuid'
  return select(sql, `where ${condition} order by api_key.created_at, api_key.id`, [prefix, id])
}

/** Locks a key until the end of the transaction, so that it is not changed twice at once. */
export async function lockKey(tx: postgres.TransactionSql, id: string): Promise<ApiKey | null> {
  const [key] = await select(tx, 'where api_key.id = $1::uuid for no key update of api_key', [id])
  return key ?? null
}

async function select(sql: Sql, rest: string, values: readonly (string | null)[]): Promise<readonly ApiKey[]> {
  const rows = await sql.unsafe<KeyRow[]>(`${SELECT} ${rest}`, [...values], { prepare: true })
  return rows.map(keyOf)
}

/** Adds a key, unless its secret is there already; says whether it did. */
export async function insertKey(tx: postgres.TransactionSql, key: ApiKey, hash: string): Promise<boolean> {
  const rows = await tx`
    insert into api_key (
      id, project_id, name, hash, prefix, scopes, created_at, expires_at, allowed_models, allowed_routes,
      allowed_origins
    ) values (
      ${key.id}::uuid, ${key.projectId}::uuid, ${key.name}, ${hash}, ${key.prefix}, ${textArray(key.scopes)}::text[],
      ${timestamp(key.createdAt)}::timestamptz, ${time(key.expiresAt)}::timestamptz,
      ${list(key.allowedModels)}::text[], ${list(key.allowedRoutes)}::text[], ${list(key.allowedOrigins)}::text[]
    ) on conflict (hash) do nothing returning id`
  return rows.length > 0
}

/** Writes what became of a key. */
export async function updateKey(tx: postgres.TransactionSql, key: ApiKey): Promise<void> {
  await tx`
    update api_key set
      name = ${key.name}, scopes = ${textArray(key.scopes)}::text[], expires_at = ${time(key.expiresAt)}::timestamptz,
      revoked_at = ${time(key.revokedAt)}::timestamptz, allowed_models = ${list(key.allowedModels)}::text[],
      allowed_routes = ${list(key.allowedRoutes)}::text[], allowed_origins = ${list(key.allowedOrigins)}::text[],
      replaced_by = ${key.replacedBy}::uuid
    where id = ${key.id}::uuid`
}

/** What was done to a key. */
export interface KeyDeed {
  readonly action: AuditAction
  /** Null on the command line. */
  readonly apiKeyId: string | null
  /** Null where it is new. */
  readonly before: ApiKey | null
  readonly after: ApiKey
}

export async function auditKey(tx: postgres.TransactionSql, clock: Clock, deed: KeyDeed): Promise<void> {
  const { action, apiKeyId, before, after } = deed
  await appendAudit(tx, clock, {
    action,
    subject: `api-key/${after.id}`,
    projectId: after.projectId,
    apiKeyId,
    changes: jsonDiff(before && shown(before), shown(after)),
    comment: null,
  })
}

function shown(key: ApiKey) {
  const { name, prefix, scopes, allowedModels, allowedRoutes, allowedOrigins, replacedBy } = key
  const times = { expiresAt: time(key.expiresAt), revokedAt: time(key.revokedAt) }
  return { name, prefix, scopes, allowedModels, allowedRoutes, allowedOrigins, replacedBy, ...times }
}

function time(ms: number | null): string | null {
  return ms === null ? null : timestamp(ms)
}

function list(texts: readonly string[] | null): string | null {
  return texts === null ? null : textArray(texts)
}

function keyOf(row: KeyRow): ApiKey {
  const scopes: Scope[] = JSON.parse(row.scopes)
  return {
    id: row.id,
    projectId: row.project_id,
    project: row.project,
    name: row.name,
    prefix: row.prefix,
    scopes,
    createdAt: Number(row.created_ms),
    expiresAt: row.expires_ms === null ? null : Number(row.expires_ms),
    revokedAt: row.revoked_ms === null ? null : Number(row.revoked_ms),
    allowedModels: listOf(row.allowed_models),
    allowedRoutes: listOf(row.allowed_routes),
    allowedOrigins: listOf(row.allowed_origins),
    replacedBy: row.replaced_by,
  }
}

/** A list of texts as `array_to_json` writes it. */
export function listOf(json: string | null): readonly string[] | null {
  const texts: string[] | null = JSON.parse(json ?? 'null')
  return texts
}
