import { type Caller, SCOPES, type Scope } from './caller.ts'

/** Who changes projects and keys, and how far that reaches. */
export interface Administrator {
  /** Null on the command line. */
  readonly apiKeyId: string | null
  /** The project of its key; null on the command line. */
  readonly ownProjectId: string | null
  /** The one project that it may change; null may change all. */
  readonly projectId: string | null
  /** What it may give to keys: nobody gives more than he has. */
  readonly scopes: readonly Scope[]
  readonly allowedModels: readonly string[] | null
  readonly allowedRoutes: readonly string[] | null
}

/** Whoever can reach the database by itself. */
export const COMMAND_LINE: Administrator = {
  apiKeyId: null,
  ownProjectId: null,
  projectId: null,
  scopes: SCOPES,
  allowedModels: null,
  allowedRoutes: null,
}

/** A caller as the administrator that it is: of all projects with the scope `operator`, else of its own. */
export function asAdministrator(caller: Caller): Administrator {
  const { apiKeyId, projectId, scopes, allowedModels, allowedRoutes } = caller
  const own = { apiKeyId, ownProjectId: projectId, scopes, allowedModels, allowedRoutes }
  return { ...own, projectId: scopes.includes('operator') ? null : projectId }
}
