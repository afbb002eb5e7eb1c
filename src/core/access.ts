import type { KeyAdmin } from './api-key.ts'
import type { BrowserTokens } from './browser-token.ts'
import type { Caller } from './caller.ts'
import type { ProjectAdmin } from './project.ts'

/** Who may come in, as administrators and keys decide it. */
export interface AccessAdmin {
  readonly projects: ProjectAdmin
  readonly keys: KeyAdmin
  readonly browserTokens: BrowserTokens
}

/** Knows who holds which API key. */
export interface KeyDirectory {
  /**
   * Who sends this `Authorization` header (RFC 6750: `Bearer <key>`, or a browser token in the key's place); null where it
   * is missing, malformed, unknown, expired or revoked, or its project is archived. All of that is in force within a second.
   * @throws LedgerUnavailable where the database is away and the key was not seen lately
   */
  authenticate(authorization: string | null): Promise<Caller | null>
  /** Every origin that a key in use names, as of a second ago at most; the last ones known while the database is away. */
  browserOrigins(): Promise<ReadonlySet<string>>
}
