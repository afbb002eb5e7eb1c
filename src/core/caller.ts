import type { PayloadStore } from './payload.ts'
import type { Tag } from './tag.ts'

/**
 * What a key may do: ask models; read its project's ledger; administer its project, and the routes; operate the whole
 * installation, which is all projects.
 */
export const SCOPES = ['complete', 'read', 'admin', 'operator'] as const
export type Scope = (typeof SCOPES)[number]

/** Who asks, as its API key says. */
export interface Caller {
  readonly projectId: string
  readonly projectName: string
  readonly apiKeyId: string
  readonly scopes: readonly Scope[]
  /** Models as `provider/model` that it may ask for by name; null allows all. */
  readonly allowedModels: readonly string[] | null
  /** Routes that it may ask for; null allows all. */
  readonly allowedRoutes: readonly string[] | null
  /** What its project keeps of requests and answers. */
  readonly store: PayloadStore
  /** Origins that browsers may send it from; null sets no condition. */
  readonly allowedOrigins: readonly string[] | null
  /** The browser token that was sent in the key's place; null where the key itself was. */
  readonly browserToken: SentBrowserToken | null
}

/** A browser token as it was sent. */
export interface SentBrowserToken {
  readonly id: string
  /** The one end user that it is for. */
  readonly endUser: string
  /** Set on every call that is made with it. */
  readonly tags: readonly Tag[]
}
