import type { Caller } from './caller.ts'

/** Knows who holds which API key. */
export interface KeyDirectory {
  /**
   * Who sends this `Authorization` header (RFC 6750: `Bearer <key>`); null where it is missing, malformed, unknown,
   * expired or revoked. A revocation is in force within a second.
   * @throws LedgerUnavailable where the database is away and the key was not seen lately
   */
  authenticate(authorization: string | null): Promise<Caller | null>
}
