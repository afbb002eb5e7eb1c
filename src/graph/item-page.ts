import type { ItemPage } from '../core/changed.ts'
import { badArgument } from './bad-input.ts'
import type { PageInfo } from './page-info.ts'
import { isUuid } from './uuid.ts'

/** A page of things that are read in the order of their ids. */
export interface ShownPage<T> extends ItemPage<T> {
  readonly hasPreviousPage: boolean
}

export const LARGEST_PAGE = 200

/** Where a page begins and how long it is, checked. */
export function pageArguments(first: number | null | undefined, after: string | null | undefined) {
  const count = first ?? 25
  if (count < 1 || count > LARGEST_PAGE) throw badArgument('first', `${count} is not from 1 to ${LARGEST_PAGE}.`)
  if (after != null && !isUuid(after)) {
    throw badArgument('after', 'this is no cursor: take `endCursor` of a page as it came.')
  }
  return { first: count, after: after ?? null }
}

export function pageInfoOf<T extends { readonly id: string }>(page: ShownPage<T>): PageInfo {
  const { items, hasNextPage, hasPreviousPage } = page
  return { hasNextPage, hasPreviousPage, startCursor: items.at(0)?.id ?? null, endCursor: items.at(-1)?.id ?? null }
}

/** An id that a caller names; what is no id names nothing. */
export function idArgument(argument: string, id: string): string {
  if (isUuid(id)) return id.toLowerCase()
  throw badArgument(argument, `"${id.slice(0, 80)}" is no id.`)
}
