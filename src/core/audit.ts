/** What administrators do that is written down. */
export const AUDIT_ACTIONS = [
  'PUBLISH_ROUTE',
  'ROLLBACK_ROUTE',
  'SET_QUOTA',
  'DELETE_QUOTA',
  'CREATE_PROJECT',
  'UPDATE_PROJECT',
  'ARCHIVE_PROJECT',
  'RESTORE_PROJECT',
  'CREATE_API_KEY',
  'UPDATE_API_KEY',
  'ROTATE_API_KEY',
  'REVOKE_API_KEY',
  'ERASE_PAYLOADS',
  'REPRICE_CALLS',
  'REPAIR_LEDGER',
  'IMPORT_PROVIDER_REPORT',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** One value that became another. */
export interface Change {
  /** Where, such as `policy.models.0`. */
  readonly path: string
  /** As JSON; null where there was none before, or there is none any more. */
  readonly before: unknown
  readonly after: unknown
}

/** Something that an administrator did. */
export interface AuditRecord {
  readonly action: AuditAction
  /** What it was done to, such as `route/chat`. */
  readonly subject: string
  /** Whom it concerns; null where it is the whole installation. */
  readonly projectId: string | null
  /** Null where it was done on the command line. */
  readonly apiKeyId: string | null
  readonly changes: readonly Change[]
  /** In the administrator's own words. */
  readonly comment: string | null
}

/** The same as it was written down. */
export interface AuditEntry extends AuditRecord {
  /** A UUID of version 7 (RFC 9562). */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** The key's name and the first signs of its secret; null where the key is gone, or none was used. */
  readonly apiKey: { readonly name: string; readonly prefix: string } | null
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[]
  readonly hasNextPage: boolean
}

export interface AuditQuery {
  /** Whose entries are seen, beside what of the whole installation concerns everybody; null sees all. */
  readonly projectId: string | null
  /** Null sets no condition. */
  readonly subject: string | null
  readonly first: number
  /** The id of the last entry of the page before; null begins with the newest. */
  readonly after: string | null
}

/** What was done, newest first. */
export interface AuditLog {
  page(query: AuditQuery): Promise<AuditPage>
}
