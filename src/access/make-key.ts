import type postgres from 'postgres'
import type { ApiKey, ApiKeySettings, CreatedApiKey } from '../core/api-key.ts'
import type { Clock } from '../core/clock.ts'
import type { Project } from '../core/project.ts'
import { insertKey } from './key-rows.ts'
import { hashOf, newSecret, prefixOf } from './secret.ts'

/** A key to write down. */
export interface NewKey extends ApiKeySettings {
  readonly id: string
  readonly project: Pick<Project, 'id' | 'name'>
}

/** Writes a new key with a secret of its own. */
export async function makeKey(tx: postgres.TransactionSql, clock: Clock, wanted: NewKey): Promise<CreatedApiKey> {
  const secret = newSecret()
  const key = newKey(wanted, secret, clock)
  await insertKey(tx, key, hashOf(secret))
  return { secret, key }
}

/** A key of a secret, as it is before it was ever changed. */
export function newKey({ project, ...wanted }: NewKey, secret: string, clock: Clock): ApiKey {
  const { id, name, scopes, expiresAt, allowedModels, allowedRoutes, allowedOrigins } = wanted
  return {
    id,
    projectId: project.id,
    project: project.name,
    name,
    prefix: prefixOf(secret),
    scopes,
    createdAt: clock.now(),
    expiresAt,
    revokedAt: null,
    allowedModels,
    allowedRoutes,
    allowedOrigins,
    replacedBy: null,
  }
}
