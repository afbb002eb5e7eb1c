import type { Project } from '../core/project.ts'
import { answered } from './answered.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { CallConnectionRef } from './call-connection.ts'
import { decodeCursor } from './call-cursor.ts'
import { CallFilterInput, callFilter, UsageFilterInput, usageFilter } from './call-filter.ts'
import { pageArguments } from './item-page.ts'
import { PayloadStoreRef } from './payload-store.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'
import { UsageDimensionRef, UsageIntervalRef, UsageReportRef } from './usage-report.ts'
import { wantsQuantiles } from './wants-quantiles.ts'

/** Whoever holds one has found it as its administrator or as an operator, so what is read here is for its eyes. */
export const ProjectRef = builder.objectRef<Project>('Project').implement({
  description: 'A tenant: it owns API keys, quotas and calls. Nothing is visible across projects.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Names this project, also after it was renamed.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    store: t.expose('store', { type: PayloadStoreRef, description: 'What it keeps of requests and answers.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    archivedAt: t.expose('archivedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'From when on its keys are refused; null while it is in use.',
    }),
    calls: t.field({
      type: CallConnectionRef,
      description: 'Its ledger, newest first, also after it was archived. Needs the scope `read`.',
      args: {
        filter: t.arg({ type: CallFilterInput, description: 'Which calls are meant; all where absent.' }),
        first: t.arg.int({ defaultValue: 25, description: 'How many, from 1 to 200.' }),
        after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
      },
      resolve: async (project, { filter, first, after }, context) => {
        callerWith(context, 'read')
        const cursor = after == null ? null : decodeCursor('after', after)
        const count = pageArguments(first, null).first
        const page = await context.ledger.calls(project.id, callFilter(filter), count, cursor)
        return { ...page, hasPreviousPage: cursor !== null }
      },
    }),
    usage: t.field({
      type: UsageReportRef,
      description: 'Its totals and series of usage and cost. Needs the scope `read`.',
      args: {
        range: t.arg({ type: TimeRangeInput, required: true, description: 'When the calls came in.' }),
        groupBy: t.arg({ type: [UsageDimensionRef], defaultValue: [], description: 'One row for each combination.' }),
        interval: t.arg({ type: UsageIntervalRef, description: 'One row for each period; a single one where absent.' }),
        filter: t.arg({ type: UsageFilterInput, description: 'Which calls count; all where absent.' }),
      },
      resolve: async (project, { range, groupBy, interval, filter }, context, info) => {
        callerWith(context, 'read')
        return await answered(
          context.ledger.usage(project.id, {
            range: checkedRange('range', range),
            groupBy: [...new Set(groupBy ?? [])],
            interval: interval ?? null,
            filter: usageFilter(filter),
            quantiles: wantsQuantiles(info) ? 'wanted' : 'unwanted',
          }),
        )
      },
    }),
  }),
})
