import type { InputIssue } from './input-issue.ts'

/** What became of a change that an administrator asked for. */
export type Changed<T> =
  | { readonly type: 'done'; readonly value: T }
  | { readonly type: 'invalid'; readonly issues: readonly InputIssue[] }
  | { readonly type: 'unknown'; readonly message: string }

/** A page of a list. */
export interface ItemPage<T> {
  readonly items: readonly T[]
  readonly hasNextPage: boolean
}

/** Which page of a list. */
export interface PageQuery {
  /** Whose items are seen; null sees those of all projects. */
  readonly projectId: string | null
  readonly first: number
  /** The id of the last item of the page before; null begins with the first. */
  readonly after: string | null
}
