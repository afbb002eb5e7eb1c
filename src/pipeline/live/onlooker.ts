import type { Caller } from '../../core/caller.ts'

/** Who looks at calls. */
export interface Onlooker {
  readonly projectId: string
  /** The one end user whose calls are seen; null sees all of the project. */
  readonly endUser: string | null
}

export function onlookerOf({ projectId, browserToken }: Caller): Onlooker {
  return { projectId, endUser: browserToken?.endUser ?? null }
}

/** Whether a call of the onlooker's project is for its eyes. */
export function isFor(onlooker: Onlooker, call: { readonly endUser: string | null }): boolean {
  return onlooker.endUser === null || onlooker.endUser === call.endUser
}
