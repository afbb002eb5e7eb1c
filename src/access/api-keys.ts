import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { newCallId, timeOfCallId } from '../core/call-id.ts'
import { SCOPES, type Scope } from '../core/caller.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Database } from '../database/database.ts'
import { apiKey } from '../database/schema/api-key.ts'
import { project } from '../database/schema/project.ts'
import { createProject } from './project.ts'
import { hashOf, newSecret, prefixOf } from './secret.ts'

/** An API key, without its secret. Times are milliseconds since 1970. */
export interface ApiKey {
  readonly id: string
  readonly project: string
  readonly name: string
  /** How the secret begins. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

/** A key to make. */
export interface ApiKeyInput {
  /** The name of the project, which is made where it does not exist. */
  readonly project: string
  readonly name?: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since 1970; never, where it is left out. */
  readonly expiresAt?: number | null
}

export interface CreatedApiKey {
  /** Shown this once: only its hash is kept. */
  readonly secret: string
  readonly key: ApiKey
}

const FIRST_PROJECT = 'default'

/** Makes a key. */
export async function createKey(
  database: Database,
  input: ApiKeyInput,
  clock: Clock = systemClock,
): Promise<CreatedApiKey> {
  const secret = newSecret()
  await insertKey(database, { ...input, secret }, clock)
  return { secret, key: await keyOfSecret(database, secret) }
}

/**
 * Makes a key of a secret that somebody else chose, with all scopes, in the project `default`; where it is there
 * already, nothing changes: one that was revoked stays so.
 * @throws RangeError where the secret is shorter than six characters or could not be sent in a header
 */
export async function importKey(database: Database, secret: string, clock: Clock = systemClock): Promise<ApiKey> {
  if (!/^[\x21-\x7e]{6,}$/.test(secret)) {
    throw new RangeError('An API key needs at least six characters, none of them a space or outside of ASCII')
  }
  await insertKey(database, { project: FIRST_PROJECT, name: 'imported', scopes: SCOPES, secret }, clock)
  return await keyOfSecret(database, secret)
}

/** Makes the project `default` and a key for it, with all scopes, where there is no key at all; else does nothing. */
export async function ensureFirstKey(
  database: Database,
  clock: Clock = systemClock,
): Promise<{ readonly secret: string } | null> {
  const { id } = await createProject(database, FIRST_PROJECT, clock)
  const secret = newSecret()
  const scopes = sql.join(
    SCOPES.map((scope) => sql`${scope}`),
    sql`, `,
  )
  // The lock makes replicas that start at once take turns, so that only one of them makes a key.
  const made = await database.orm.transaction(async (tx) => {
    await tx.execute(sql`select id from project where id = ${id}::uuid for update`)
    return await tx.execute(sql`
      insert into api_key (id, project_id, name, hash, prefix, scopes, created_at)
      select ${newCallId(clock)}::uuid, ${id}::uuid, 'first', ${hashOf(secret)}, ${prefixOf(secret)},
        array[${scopes}], ${new Date(clock.now()).toISOString()}::timestamptz
      where not exists (select from api_key)
      returning id`)
  })
  return made.length > 0 ? { secret } : null
}

/** All keys, or those of a project, in the order in which they were made. */
export async function listKeys(database: Database, projectName: string | null = null): Promise<ApiKey[]> {
  return await selectKeys(database, projectName === null ? undefined : eq(project.name, projectName))
}

/** What became of a revocation; `ambiguous` where the prefix is that of several keys. */
export type Revocation =
  | { readonly type: 'revoked'; readonly key: ApiKey }
  | { readonly type: 'unknown' }
  | { readonly type: 'ambiguous'; readonly keys: readonly ApiKey[] }

/** Revokes the key of this id or prefix; in force within a second. Revoking twice keeps the first time. */
export async function revokeKey(
  database: Database,
  idOrPrefix: string,
  clock: Clock = systemClock,
): Promise<Revocation> {
  const byPrefix = eq(apiKey.prefix, idOrPrefix)
  const byName = timeOfCallId(idOrPrefix) === null ? byPrefix : or(byPrefix, eq(apiKey.id, idOrPrefix))
  const [key, ...others] = await selectKeys(database, byName)
  if (!key) return { type: 'unknown' }
  if (others.length > 0) return { type: 'ambiguous', keys: [key, ...others] }
  const now = new Date(clock.now())
  await database.orm
    .update(apiKey)
    .set({ revokedAt: now })
    .where(and(eq(apiKey.id, key.id), isNull(apiKey.revokedAt)))
  return { type: 'revoked', key: { ...key, revokedAt: key.revokedAt ?? now.getTime() } }
}

async function insertKey(
  database: Database,
  input: ApiKeyInput & { readonly secret: string },
  clock: Clock,
): Promise<void> {
  const { id: projectId } = await createProject(database, input.project, clock)
  const row = {
    id: newCallId(clock),
    projectId,
    name: input.name ?? '',
    hash: hashOf(input.secret),
    prefix: prefixOf(input.secret),
    scopes: [...input.scopes],
    createdAt: new Date(clock.now()),
    expiresAt: input.expiresAt == null ? null : new Date(input.expiresAt),
  }
  await database.orm.insert(apiKey).values(row).onConflictDoNothing({ target: apiKey.hash })
}

async function keyOfSecret(database: Database, secret: string): Promise<ApiKey> {
  const [key] = await selectKeys(database, eq(apiKey.hash, hashOf(secret)))
  if (!key) throw new Error('The key was not written')
  return key
}

async function selectKeys(database: Database, condition: SQL | undefined): Promise<ApiKey[]> {
  const rows = await database.orm
    .select({ key: apiKey, project: project.name })
    .from(apiKey)
    .innerJoin(project, eq(project.id, apiKey.projectId))
    .where(condition)
    .orderBy(apiKey.createdAt, apiKey.id)
  return rows.map(({ key, project: projectName }) => ({
    id: key.id,
    project: projectName,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    createdAt: key.createdAt.getTime(),
    expiresAt: key.expiresAt?.getTime() ?? null,
    revokedAt: key.revokedAt?.getTime() ?? null,
  }))
}
