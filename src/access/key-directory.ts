import type { KeyDirectory } from '../core/access.ts'
import type { Caller, Scope } from '../core/caller.ts'
import type { Clock } from '../core/clock.ts'
import type { PayloadStore } from '../core/payload.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { textArray } from '../database/row-arrays.ts'
import { listOf } from './key-rows.ts'
import { originBook } from './origin-book.ts'
import { hashOf } from './secret.ts'
import { type TokenClaims, verifyToken } from './token-claims.ts'
import type { TokenSecret } from './token-secret.ts'

/** A key that is neither revoked nor unknown, of a project in use. */
interface KnownKey {
  readonly caller: Caller
  /** Milliseconds since 1970; null where it never expires. */
  readonly expiresAt: number | null
  /** When it was looked up; monotonic, in milliseconds. */
  readonly seenAt: number
}

interface KeyRow {
  readonly hash: string
  readonly id: string
  readonly scopes: string
  readonly expires_ms: string | null
  readonly allowed_models: string | null
  readonly allowed_routes: string | null
  readonly allowed_origins: string | null
  readonly project_id: string
  readonly project_name: string
  readonly store: PayloadStore
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i
/** Three parts of base64url, the first of them a JSON object's (RFC 7515, section 7.1). */
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/
/** A revocation is in force within this time. */
const FRESH_MS = 1000
/** While the database is away, keys that were seen this lately still work: nobody can revoke one there either. */
const LATELY_MS = 30_000
const LONGEST_WAIT_MS = 2000
const MOST_KEYS = 10_000

/**
 * Finds callers by their API keys, with one query for all that are looked up at once. A key is looked up by the hash of its
 * secret, or by its id where a browser token names it.
 */
export function keyDirectory(database: Database, clock: Clock, tokens: TokenSecret): KeyDirectory {
  const known = new Map<string, KnownKey>()
  let gathering: { readonly names: Set<string>; readonly found: Promise<ReadonlyMap<string, KnownKey>> } | null = null

  function lookUp(name: string): Promise<ReadonlyMap<string, KnownKey>> {
    if (!gathering) {
      const names = new Set<string>()
      gathering = { names, found: nextTick().then(() => read(names)) }
    }
    gathering.names.add(name)
    return gathering.found
  }

  async function read(names: ReadonlySet<string>): Promise<ReadonlyMap<string, KnownKey>> {
    gathering = null
    const seenAt = clock.monotonic()
    const rows = await patiently(clock, LONGEST_WAIT_MS, () => keysOf(database, [...names]))
    const found = new Map(rows.flatMap((row) => namesOf(row).map((name) => [name, knownKeyOf(row, seenAt)])))
    if (known.size + found.size > MOST_KEYS) known.clear()
    for (const name of names) remember(name, found.get(name))
    return found
  }

  function remember(name: string, key: KnownKey | undefined): void {
    if (key) known.set(name, key)
    else known.delete(name)
  }

  async function find(name: string): Promise<KnownKey | undefined> {
    const seen = known.get(name)
    const age = seen ? clock.monotonic() - seen.seenAt : Number.POSITIVE_INFINITY
    if (age < FRESH_MS) return seen
    try {
      return (await lookUp(name)).get(name)
    } catch (error) {
      if (error instanceof LedgerUnavailable && age < LATELY_MS) return seen
      throw error
    }
  }

  async function holder(name: string): Promise<Caller | null> {
    const key = await find(name)
    return key && (key.expiresAt === null || key.expiresAt > clock.now()) ? key.caller : null
  }

  async function claimsOf(secret: string): Promise<TokenClaims | null> {
    const signing = JWT.test(secret) ? await tokens.read() : null
    return signing === null ? null : await verifyToken(signing, secret, clock.now())
  }

  return {
    async authenticate(authorization) {
      const secret = BEARER.exec(authorization ?? '')?.[1]
      if (secret === undefined) return null
      const claims = await claimsOf(secret)
      if (claims === null) return holder(hashOf(secret))
      const key = await holder(claims.apiKeyId)
      return key && actingFor(key, claims)
    },
    browserOrigins: originBook(database, clock),
  }
}

/** A key, as far as a token may use it: to complete, for its one end user. */
function actingFor(key: Caller, { id, endUser, tags, ...claims }: TokenClaims): Caller {
  return {
    ...key,
    scopes: key.scopes.filter((scope) => scope === 'complete'),
    allowedModels: common(key.allowedModels, claims.allowedModels),
    allowedRoutes: common(key.allowedRoutes, claims.allowedRoutes),
    browserToken: { id, endUser, tags },
  }
}

/** What both lists allow; null allows all. */
function common(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other
  return one.filter((entry) => other.includes(entry))
}

const HASH = /^[0-9a-f]{64}$/

async function keysOf(database: Database, names: readonly string[]): Promise<readonly KeyRow[]> {
  const hashes = names.filter((name) => HASH.test(name))
  const ids = names.filter((name) => !HASH.test(name))
  return await database.sql<KeyRow[]>`
    select api_key.hash, api_key.id, array_to_json(api_key.scopes)::text as scopes,
      extract(epoch from api_key.expires_at) * 1000 as expires_ms, array_to_json(allowed_models)::text as allowed_models,
      array_to_json(allowed_routes)::text as allowed_routes, array_to_json(allowed_origins)::text as allowed_origins,
      project.id as project_id, project.name as project_name, project.store
    from api_key join project on project.id = api_key.project_id
    where (api_key.hash = any(${textArray(hashes)}::text[]) or api_key.id = any(${textArray(ids)}::uuid[]))
      and api_key.revoked_at is null and project.archived_at is null`
}

/** What a key is looked up by. */
function namesOf({ hash, id }: KeyRow): readonly string[] {
  return [hash, id]
}

function knownKeyOf(row: KeyRow, seenAt: number): KnownKey {
  const scopes: Scope[] = JSON.parse(row.scopes)
  const caller = {
    projectId: row.project_id,
    projectName: row.project_name,
    apiKeyId: row.id,
    scopes,
    allowedModels: listOf(row.allowed_models),
    allowedRoutes: listOf(row.allowed_routes),
    allowedOrigins: listOf(row.allowed_origins),
    store: row.store,
    browserToken: null,
  }
  return { caller, expiresAt: row.expires_ms === null ? null : Number(row.expires_ms), seenAt }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
