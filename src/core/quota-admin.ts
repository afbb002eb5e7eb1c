import type { Caller } from './caller.ts'
import type { InputIssue } from './input-issue.ts'
import type { Quota, QuotaScope, QuotaUnit, QuotaWindow } from './quota.ts'

/** A quota to set, as it was asked for. */
export interface QuotaDraft {
  readonly scope: Exclude<QuotaScope, { readonly type: 'browserToken' }>
  readonly unit: QuotaUnit
  readonly window: QuotaWindow
  /** A decimal number: US dollars where the unit is USD, else a count. */
  readonly limit: string
  /** Null takes the usual ones. */
  readonly thresholds: readonly number[] | null
  readonly comment: string | null
}

/** Who changes a quota, and whose. */
export interface QuotaActor {
  /** Whose quotas are meant; null for the installation's. */
  readonly projectId: string | null
  /** Null on the command line. */
  readonly apiKeyId: string | null
}

export type QuotaChange =
  | { readonly type: 'set'; readonly quota: Quota }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }

export type QuotaRemoval =
  | { readonly type: 'deleted'; readonly quota: Quota }
  | { readonly type: 'unknown'; readonly message: string }

/** Sets and removes quotas: each change is checked, written down in the audit log, and in force within a second. */
export interface QuotaAdmin {
  /** The id of the project of this name or id; null where there is none. */
  projectNamed(nameOrId: string): Promise<string | null>
  /** Sets a quota, or changes the limit and the thresholds of the one for the same scope, unit and window. */
  set(draft: QuotaDraft, actor: QuotaActor): Promise<QuotaChange>
  /**
   * Removes a quota with all that was counted for it. Calls under way keep what they had reserved, to no effect.
   * @param projectId whose it must be; null for the installation's, 'any' for whosoever's
   */
  delete(
    id: string,
    actor: { readonly apiKeyId: string | null; readonly comment: string | null },
    of: QuotaOwner,
  ): Promise<QuotaRemoval>
}

/** Whose quotas may be removed. */
export type QuotaOwner = { readonly type: 'project'; readonly projectId: string } | { readonly type: 'anyone' }

/** Which quotas a caller sees beside its project's. */
export function ownerOf({ scopes, projectId }: Caller): QuotaOwner {
  return scopes.includes('operator') ? { type: 'anyone' } : { type: 'project', projectId }
}
