import type { Administrator } from './administrator.ts'
import type { Changed, ItemPage, PageQuery } from './changed.ts'
import type { PayloadStore } from './payload.ts'

/** A tenant. Times are milliseconds since 1970. */
export interface Project {
  readonly id: string
  readonly name: string
  /** What is kept of its requests and answers. */
  readonly store: PayloadStore
  readonly createdAt: number
  /** From when on its keys are refused; null while it is in use. */
  readonly archivedAt: number | null
}

/** What of a project shall become different; what is left out stays. */
export interface ProjectChange {
  readonly name?: string
  readonly store?: PayloadStore
}

/** Makes and changes projects, each change with its entry in the audit log. Throws LedgerUnavailable where the database is away. */
export interface ProjectAdmin {
  /** In the order in which they were made. */
  page(query: PageQuery): Promise<ItemPage<Project>>
  create(by: Administrator, project: { readonly name: string; readonly store: PayloadStore }): Promise<Changed<Project>>
  update(by: Administrator, id: string, change: ProjectChange): Promise<Changed<Project>>
  /** Takes it out of use: its keys are refused within a second, and its data stays. */
  archive(by: Administrator, id: string): Promise<Changed<Project>>
  restore(by: Administrator, id: string): Promise<Changed<Project>>
}
