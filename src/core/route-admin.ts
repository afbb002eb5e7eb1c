import type { InputIssue } from './input-issue.ts'
import type { RouteSettings } from './settings.ts'

/** One version of a route. */
export interface RouteVersion {
  readonly name: string
  /** Counts from 1; 0 is the configuration file's. */
  readonly version: number
  readonly inForce: boolean
  /** As it was published, in the form of the configuration file; null for version 0, which stands there. */
  readonly config: unknown
  readonly comment: string | null
  /** Milliseconds since 1970; null for version 0. */
  readonly publishedAt: number | null
  /** Null for version 0. */
  readonly publisher: RoutePublisher | null
}

/** The API key that published a version. */
export interface RoutePublisher {
  readonly apiKeyId: string
  /** Whose key it is; null where it is gone. */
  readonly projectId: string | null
}

export interface RouteToPublish {
  readonly name: string
  /** As it would stand in the configuration file under `routes.<name>`. */
  readonly config: unknown
  readonly comment: string | null
  /** The version that its author believes in force; another one refuses it. Null publishes whatever is. */
  readonly basedOn: number | null
}

export interface RouteToRollBack {
  readonly name: string
  readonly version: number
  readonly comment: string | null
}

/** What became of a change. */
export type RouteChange =
  | { readonly type: 'inForce'; readonly version: RouteVersion }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }
  | { readonly type: 'unknown'; readonly message: string }

/** A route that is not in force, as it would be if it were. */
export type RouteDraft =
  | { readonly type: 'route'; readonly route: RouteSettings; readonly routes: readonly RouteSettings[] }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }
  | { readonly type: 'unknown'; readonly message: string }

/** Changes routes at run time, for the whole installation. Throws LedgerUnavailable where the database is away. */
export interface RouteAdmin {
  publish(route: RouteToPublish, apiKeyId: string): Promise<RouteChange>
  /** Puts an earlier version into force again, or, with version 0, what the configuration file says. */
  rollBack(route: RouteToRollBack, apiKeyId: string): Promise<RouteChange>
  /**
   * The versions of a route, newest first; empty where there is no such route.
   * @param before only versions below this one; null begins with the newest
   */
  versions(name: string, first: number, before: number | null): Promise<readonly RouteVersion[]>
  /** A configuration read as if it were published under this name. */
  draft(name: string, config: unknown): RouteDraft
  /** A version read as if it were in force. */
  draftOfVersion(name: string, version: number): Promise<RouteDraft>
}
