import type { CallFilter } from '../../core/call-list.ts'
import { jsonb, textArray, timestamp } from '../../database/row-arrays.ts'

/** The parameters of a statement, as they are gathered while its text is written. */
export interface Parameters {
  readonly values: string[]
  /** Adds a value; returns what stands for it in the text. */
  add(value: string, type: string): string
}

export function parameters(): Parameters {
  const values: string[] = []
  return {
    values,
    add: (value, type) => `$${values.push(value)}::${type}`,
  }
}

type Conditions = Omit<CallFilter, 'range'>

/**
 * The conditions that a filter sets on calls, or on rows of a rollup that has the same columns.
 * @param byTags whether calls may be found by the index of tags, which does not know their time
 */
export function conditionsOf(filter: Conditions, bound: Parameters, byTags = true): string[] {
  const conditions = [
    ...anyOf('status', filter.status, bound),
    ...anyOf('provider', filter.provider, bound),
    ...anyOf('model', filter.model, bound),
  ]
  if (filter.endUser !== null) conditions.push(`end_user = ${bound.add(filter.endUser, 'text')}`)
  if (filter.tags.length > 0) {
    conditions.push(`tags @> ${bound.add(jsonb(filter.tags), 'jsonb')}`)
    // What the index is limited to.
    if (byTags) conditions.push(`tags <> '[]'`)
  }
  return conditions
}

/** That calls were made in a range of time. */
export function madeIn(range: { readonly from: number; readonly to: number }, bound: Parameters): string {
  const from = bound.add(timestamp(range.from), 'timestamptz')
  const to = bound.add(timestamp(range.to), 'timestamptz')
  return `created_at >= ${from} and created_at < ${to}`
}

function anyOf(column: string, values: readonly string[], bound: Parameters): string[] {
  const [only] = values
  if (only === undefined) return []
  // Of one value, an index has the rows in the order of time; of any of a list it has not.
  if (values.length === 1) return [`${column} = ${bound.add(only, 'text')}`]
  return [`${column} = any(${bound.add(textArray(values), 'text[]')})`]
}
