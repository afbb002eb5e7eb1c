import type { KeyDirectory } from '../core/access.ts'
import type { Caller, Scope } from '../core/caller.ts'
import type { Clock } from '../core/clock.ts'
import { LedgerUnavailable } from '../core/unavailable.ts'
import type { Database } from '../database/database.ts'
import { patiently } from '../database/patience.ts'
import { textArray } from '../database/row-arrays.ts'
import { hashOf } from './secret.ts'

/** A key that is neither revoked nor unknown. */
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
  readonly project_id: string
  readonly project_name: string
}

const BEARER = /^Bearer +([\x21-\x7e]+) *$/i
/** A revocation is in force within this time. */
const FRESH_MS = 1000
/** While the database is away, keys that were seen this lately still work: nobody can revoke one there either. */
const LATELY_MS = 30_000
const LONGEST_WAIT_MS = 2000
const MOST_KEYS = 10_000

/** Finds callers by their API keys, with one query for all that are looked up at once. */
export function keyDirectory(database: Database, clock: Clock): KeyDirectory {
  const known = new Map<string, KnownKey>()
  let gathering: { readonly hashes: Set<string>; readonly found: Promise<ReadonlyMap<string, KnownKey>> } | null = null

  function lookUp(hash: string): Promise<ReadonlyMap<string, KnownKey>> {
    if (!gathering) {
      const hashes = new Set<string>()
      gathering = { hashes, found: nextTick().then(() => read(hashes)) }
    }
    gathering.hashes.add(hash)
    return gathering.found
  }

  async function read(hashes: ReadonlySet<string>): Promise<ReadonlyMap<string, KnownKey>> {
    gathering = null
    const seenAt = clock.monotonic()
    const rows = await patiently(clock, LONGEST_WAIT_MS, () => keysOf(database, [...hashes]))
    const found = new Map(rows.map((row) => [row.hash, knownKeyOf(row, seenAt)]))
    if (known.size + found.size > MOST_KEYS) known.clear()
    for (const hash of hashes) remember(hash, found.get(hash))
    return found
  }

  function remember(hash: string, key: KnownKey | undefined): void {
    if (key) known.set(hash, key)
    else known.delete(hash)
  }

  async function find(hash: string): Promise<KnownKey | undefined> {
    const seen = known.get(hash)
    const age = seen ? clock.monotonic() - seen.seenAt : Number.POSITIVE_INFINITY
    if (age < FRESH_MS) return seen
    try {
      return (await lookUp(hash)).get(hash)
    } catch (error) {
      if (error instanceof LedgerUnavailable && age < LATELY_MS) return seen
      throw error
    }
  }

  return {
    async authenticate(authorization) {
      const secret = BEARER.exec(authorization ?? '')?.[1]
      if (secret === undefined) return null
      const key = await find(hashOf(secret))
      if (!key || (key.expiresAt !== null && key.expiresAt <= clock.now())) return null
      return key.caller
    },
  }
}

async function keysOf(database: Database, hashes: readonly string[]): Promise<readonly KeyRow[]> {
  return await database.sql<KeyRow[]>`
    select api_key.hash, api_key.id, array_to_json(api_key.scopes)::text as scopes,
      extract(epoch from api_key.expires_at) * 1000 as expires_ms, project.id as project_id, project.name as project_name
    from api_key join project on project.id = api_key.project_id
    where api_key.hash = any(${textArray(hashes)}::text[]) and api_key.revoked_at is null`
}

function knownKeyOf(row: KeyRow, seenAt: number): KnownKey {
  const scopes: Scope[] = JSON.parse(row.scopes)
  const caller = { projectId: row.project_id, projectName: row.project_name, apiKeyId: row.id, scopes }
  return { caller, expiresAt: row.expires_ms === null ? null : Number(row.expires_ms), seenAt }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
