import type { ApiKey } from '../core/api-key.ts'

export const KEY_HEADINGS = ['ID', 'PREFIX', 'PROJECT', 'NAME', 'SCOPES', 'CREATED', 'STATE']

/** A key as a row of a table. */
export function keyRow(key: ApiKey, now: number): readonly string[] {
  const { id, prefix, project, name, scopes, createdAt } = key
  return [id, `${prefix}…`, project, name, scopes.join(','), dayOf(createdAt), stateOf(key, now)]
}

/** A key as JSON, its times in ISO 8601. */
export function keyJson(key: ApiKey) {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return { ...key, createdAt: iso(key.createdAt), expiresAt: iso(key.expiresAt), revokedAt: iso(key.revokedAt) }
}

function stateOf({ revokedAt, expiresAt, replacedBy }: ApiKey, now: number): string {
  if (revokedAt !== null) return `revoked ${dayOf(revokedAt)}`
  if (expiresAt === null) return 'active'
  const state = replacedBy === null ? 'active' : 'replaced, goes on'
  return expiresAt <= now ? `expired ${dayOf(expiresAt)}` : `${state} until ${dayOf(expiresAt)}`
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
