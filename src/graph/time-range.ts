import type { TimeRange } from '../core/time-range.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'

export const TimeRangeInput = builder.inputType('TimeRangeInput', {
  description: 'From, inclusive, to, exclusive.',
  fields: (t) => ({
    from: t.field({ type: 'DateTime', required: true, description: 'The first moment that belongs to it.' }),
    to: t.field({ type: 'DateTime', required: true, description: 'The first moment that no longer does.' }),
  }),
})

/** @throws GraphQLError with code `BAD_USER_INPUT` where the range is empty */
export function checkedRange(argument: string, range: TimeRange): TimeRange {
  if (range.from < range.to) return { from: range.from, to: range.to }
  throw badArgument(argument, 'from must lie before to.')
}
