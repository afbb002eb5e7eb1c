import type { Caller } from './caller.ts'
import type { InputIssue } from './input-issue.ts'
import type { QuotaUnit, QuotaWindow } from './quota.ts'
import type { Tag } from './tag.ts'

/** A limit on what one browser token may use. */
export interface TokenQuota {
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  /** Picodollars where the unit is USD, else a count. */
  readonly limit: bigint
}

/** A browser token to make. */
export interface BrowserTokenInput {
  /** The one end user that it is for. */
  readonly endUser: string
  readonly lifeMs: number
  /** Null leaves what its key may ask for. */
  readonly allowedModels: readonly string[] | null
  readonly allowedRoutes: readonly string[] | null
  readonly quotas: readonly TokenQuota[]
  /** Set on every call that is made with it. */
  readonly tags: readonly Tag[]
}

/** What a page may hold in a key's place, for one end user and a short time. */
export interface BrowserToken {
  readonly id: string
  /** A JWT (RFC 7519): what a browser sends as `Authorization: Bearer …`. */
  readonly token: string
  readonly endUser: string
  /** Milliseconds since 1970, in full seconds. */
  readonly expiresAt: number
}

export type Minting =
  | { readonly type: 'minted'; readonly token: BrowserToken }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }
  /** This server has no secret to sign with; the message says what to set. */
  | { readonly type: 'notConfigured'; readonly message: string }

/** Makes browser tokens. */
export interface BrowserTokens {
  /**
   * A token that acts as the caller's key, for one end user only.
   * @throws LedgerUnavailable where the database is away
   */
  mint(caller: Caller, input: BrowserTokenInput): Promise<Minting>
}
