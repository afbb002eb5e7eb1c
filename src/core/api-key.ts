import type { Administrator } from './administrator.ts'
import type { Scope } from './caller.ts'
import type { Changed, ItemPage, PageQuery } from './changed.ts'

/** What a key may do, where, and until when. */
export interface ApiKeySettings {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Milliseconds since 1970; null never expires. */
  readonly expiresAt: number | null
  /** Models as `provider/model` that it may ask for by name; null allows all. */
  readonly allowedModels: readonly string[] | null
  /** Routes that it may ask for; null allows all. */
  readonly allowedRoutes: readonly string[] | null
  /** Origins that browsers may send it from; null sets no condition. */
  readonly allowedOrigins: readonly string[] | null
}

/** An API key, without its secret. Times are milliseconds since 1970. */
export interface ApiKey extends ApiKeySettings {
  readonly id: string
  readonly projectId: string
  /** The name of its project. */
  readonly project: string
  /** How the secret begins. */
  readonly prefix: string
  readonly createdAt: number
  readonly revokedAt: number | null
  /** The key that took its place; null where none did. */
  readonly replacedBy: string | null
}

export interface CreatedApiKey {
  /** Shown this once: only its hash is kept. */
  readonly secret: string
  readonly key: ApiKey
}

/** A key that another one took the place of. */
export interface RotatedApiKey extends CreatedApiKey {
  /** Goes on until its `expiresAt`. */
  readonly replaced: ApiKey
}

/**
 * Makes and changes keys, each change with its entry in the audit log; in force within a second. Throws LedgerUnavailable
 * where the database is away.
 */
export interface KeyAdmin {
  /** In the order in which they were made, the revoked and expired ones among them. */
  page(query: PageQuery): Promise<ItemPage<ApiKey>>
  create(by: Administrator, projectId: string, settings: ApiKeySettings): Promise<Changed<CreatedApiKey>>
  update(by: Administrator, id: string, change: Partial<ApiKeySettings>): Promise<Changed<ApiKey>>
  /** @param overlapMs how long the old secret goes on beside the new one */
  rotate(by: Administrator, id: string, overlapMs: number): Promise<Changed<RotatedApiKey>>
  /** Revoking twice keeps the first time. */
  revoke(by: Administrator, id: string): Promise<Changed<ApiKey>>
}
