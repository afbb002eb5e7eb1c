import { COMMAND_LINE } from '../core/administrator.ts'
import type { ApiKey, ApiKeySettings, CreatedApiKey, RotatedApiKey } from '../core/api-key.ts'
import { newCallId, timeOfCallId } from '../core/call-id.ts'
import { SCOPES, type Scope } from '../core/caller.ts'
import type { Changed } from '../core/changed.ts'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Database } from '../database/database.ts'
import { transaction } from '../database/transaction.ts'
import { closed, type KnownNames } from './check-key.ts'
import { keyAdmin } from './key-admin.ts'
import { auditKey, insertKey, keysNamed, keysOfHash, keysOfProject } from './key-rows.ts'
import { makeKey, newKey } from './make-key.ts'
import { ensure } from './project.ts'
import { lockProject } from './project-rows.ts'
import { hashOf } from './secret.ts'

/** A key to make; what is left out sets no condition. */
export interface ApiKeyInput extends Partial<Omit<ApiKeySettings, 'scopes'>> {
  /** The name of the project, which is made where it does not exist. */
  readonly project: string
  readonly scopes: readonly Scope[]
}

const FIRST_PROJECT = 'default'

const UNBOUND = { name: '', expiresAt: null, allowedModels: null, allowedRoutes: null, allowedOrigins: null }

/** Makes a key, as the command line does. */
export function createKey(database: Database, input: ApiKeyInput, clock: Clock = systemClock): Promise<CreatedApiKey> {
  return transaction(database.sql, async (tx) => {
    const project = await ensure(tx, input.project, clock)
    const made = await makeKey(tx, clock, closed({ ...UNBOUND, ...input, id: newCallId(clock), project }))
    await auditKey(tx, clock, { action: 'CREATE_API_KEY', apiKeyId: null, before: null, after: made.key })
    return made
  })
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
  await transaction(database.sql, async (tx) => {
    const project = await ensure(tx, FIRST_PROJECT, clock)
    const wanted = { ...UNBOUND, name: 'imported', scopes: SCOPES, id: newCallId(clock), project }
    const after = newKey(wanted, secret, clock)
    if (!(await insertKey(tx, after, hashOf(secret)))) return
    await auditKey(tx, clock, { action: 'CREATE_API_KEY', apiKeyId: null, before: null, after })
  })
  const [key] = await keysOfHash(database.sql, hashOf(secret))
  if (!key) throw new Error('The key was not written')
  return key
}

/** Makes the project `default` and a key for it, with all scopes, where there is no key at all; else does nothing. */
export async function ensureFirstKey(
  database: Database,
  clock: Clock = systemClock,
): Promise<{ readonly secret: string } | null> {
  return transaction(database.sql, async (tx) => {
    const project = await ensure(tx, FIRST_PROJECT, clock)
    // The lock makes replicas that start at once take turns, so that only one of them makes a key.
    await lockProject(tx, project.id)
    const keys = await tx`select from api_key limit 1`
    if (keys.length > 0) return null
    const wanted = { ...UNBOUND, name: 'first', scopes: SCOPES, id: newCallId(clock), project }
    const { secret, key } = await makeKey(tx, clock, wanted)
    await auditKey(tx, clock, { action: 'CREATE_API_KEY', apiKeyId: null, before: null, after: key })
    return { secret }
  })
}

/** All keys, or those of a project, in the order in which they were made. */
export function listKeys(database: Database, projectName: string | null = null): Promise<readonly ApiKey[]> {
  return keysOfProject(database.sql, projectName)
}

/** What became of a key that was named by its id or prefix; `ambiguous` where the prefix is that of several keys. */
export type NamedKeyChange<T> =
  | Exclude<Changed<T>, { type: 'unknown' }>
  | { readonly type: 'unknown' }
  | { readonly type: 'ambiguous'; readonly keys: readonly ApiKey[] }

/** Revokes the key of this id or prefix; in force within a second. Revoking twice keeps the first time. */
export function revokeKey(
  database: Database,
  idOrPrefix: string,
  clock: Clock = systemClock,
): Promise<NamedKeyChange<ApiKey>> {
  return changeNamed(database, idOrPrefix, ({ id }) => admin(database, clock).revoke(COMMAND_LINE, id))
}

/** Puts a new key in the place of the one of this id or prefix. */
export function rotateKey(
  database: Database,
  idOrPrefix: string,
  overlapMs: number,
  clock: Clock = systemClock,
): Promise<NamedKeyChange<RotatedApiKey>> {
  return changeNamed(database, idOrPrefix, ({ id }) => admin(database, clock).rotate(COMMAND_LINE, id, overlapMs))
}

async function changeNamed<T>(
  database: Database,
  idOrPrefix: string,
  change: (key: ApiKey) => Promise<Changed<T>>,
): Promise<NamedKeyChange<T>> {
  const id = timeOfCallId(idOrPrefix) === null ? null : idOrPrefix
  const [key, ...others] = await keysNamed(database.sql, idOrPrefix, id)
  if (!key) return { type: 'unknown' }
  if (others.length > 0) return { type: 'ambiguous', keys: [key, ...others] }
  return change(key)
}

/** The command line knows no routes that were published, so it takes any name. */
const ANY_NAME: KnownNames = { hasRoute: () => true, hasProvider: () => true }

function admin(database: Database, clock: Clock) {
  return keyAdmin(database, clock, ANY_NAME)
}
