import type { CallFilter } from '../core/call-list.ts'
import { builder } from './builder.ts'
import { CallStatusRef } from './call.ts'
import { TagInput } from './tag.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'

export const CallFilterInput = builder.inputType('CallFilter', {
  description: 'Which calls are meant: all conditions hold, a list means any of its values.',
  fields: (t) => ({
    range: t.field({ type: TimeRangeInput, description: 'When they came in.' }),
    status: t.field({ type: [CallStatusRef], description: 'Where they are in their life.' }),
    provider: t.stringList({ description: 'Which provider answered.' }),
    model: t.stringList({ description: 'Which model answered.' }),
    tags: t.field({ type: [TagInput], description: 'Labels that they have, all of them.' }),
    endUser: t.string({ description: 'Whom the caller served.' }),
  }),
})

export const UsageFilterInput = builder.inputType('UsageFilter', {
  description: 'Which calls count: all conditions hold, a list means any of its values.',
  fields: (t) => ({
    provider: t.stringList({ description: 'Which provider answered.' }),
    model: t.stringList({ description: 'Which model answered.' }),
    status: t.field({ type: [CallStatusRef], description: 'Where they are in their life.' }),
    tags: t.field({ type: [TagInput], description: 'Labels that they have, all of them.' }),
    endUser: t.string({ description: 'Whom the caller served.' }),
  }),
})

type Given<Shape> = { readonly [Field in keyof Shape]?: Shape[Field] | null | undefined }

/** The ledger's filter: what was not given sets no condition. */
export function callFilter(given: Given<CallFilter> | null | undefined): CallFilter {
  return { ...usageFilter(given), range: given?.range ? checkedRange('filter.range', given.range) : null }
}

/** The same without a range. */
export function usageFilter(given: Given<Omit<CallFilter, 'range'>> | null | undefined): Omit<CallFilter, 'range'> {
  return {
    status: given?.status ?? [],
    provider: given?.provider ?? [],
    model: given?.model ?? [],
    tags: given?.tags ?? [],
    endUser: given?.endUser ?? null,
  }
}
