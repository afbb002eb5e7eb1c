import { answered } from './answered.ts'
import { callerOf, callerWith, forbidden } from './authorization.ts'
import { badArgument, badInput } from './bad-input.ts'
import { builder } from './builder.ts'
import { CallRef } from './call.ts'
import { CallConnectionRef } from './call-connection.ts'
import { decodeCursor } from './call-cursor.ts'
import { CallFilterInput, callFilter, UsageFilterInput, usageFilter } from './call-filter.ts'
import { CompletionInput } from './completion-input.ts'
import { ModelRef } from './model.ts'
import { ProviderRef } from './provider.ts'
import { QuotaRef } from './quota.ts'
import { RouteRef } from './route.ts'
import { RoutePlanRef } from './route-plan.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'
import { UsageDimensionRef, UsageIntervalRef, UsageReportRef } from './usage-report.ts'
import { isUuid } from './uuid.ts'
import { ViewerRef } from './viewer.ts'
import { wantsQuantiles } from './wants-quantiles.ts'

const LARGEST_PAGE = 200

builder.queryType({
  description: 'What can be asked. All of it needs an API key; what reads the ledger, one with the scope `read`.',
  fields: (t) => ({
    viewer: t.field({
      type: ViewerRef,
      description: 'What this caller may do: its project, scopes and quotas.',
      resolve: (_root, _args, context) => callerOf(context),
    }),
    explainRoute: t.field({
      type: RoutePlanRef,
      description: 'Where a request would go and what it would cost, without sending it.',
      args: { input: t.arg({ type: CompletionInput, required: true, description: 'The request.' }) },
      resolve: async (_root, { input }, context) => {
        const explanation = await context.gateway.explain(callerWith(context, 'complete'), input)
        if (explanation.type === 'invalid') throw badInput(explanation.issues)
        if (explanation.type === 'notAuthorized') throw forbidden(explanation.message)
        return explanation.plan
      },
    }),
    call: t.field({
      type: CallRef,
      nullable: true,
      description: 'One call of the ledger.',
      args: { id: t.arg.id({ required: true, description: 'As `callId` gave it.' }) },
      resolve: (_root, { id }, context) => {
        const { projectId } = callerWith(context, 'read')
        return isUuid(id) ? context.ledger.call(projectId, id) : null
      },
    }),
    calls: t.field({
      type: CallConnectionRef,
      description: 'The ledger, newest first.',
      args: {
        filter: t.arg({ type: CallFilterInput, description: 'Which calls are meant; all where absent.' }),
        first: t.arg.int({ defaultValue: 25, description: `How many, from 1 to ${LARGEST_PAGE}.` }),
        after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
      },
      resolve: async (_root, { filter, first, after }, context) => {
        const { projectId } = callerWith(context, 'read')
        const cursor = after == null ? null : decodeCursor('after', after)
        const page = await context.ledger.calls(projectId, callFilter(filter), pageSize(first ?? 25), cursor)
        return { ...page, hasPreviousPage: cursor !== null }
      },
    }),
    usage: t.field({
      type: UsageReportRef,
      description: 'Totals and series of usage and cost, from rollups.',
      args: {
        range: t.arg({ type: TimeRangeInput, required: true, description: 'When the calls came in.' }),
        groupBy: t.arg({
          type: [UsageDimensionRef],
          defaultValue: [],
          description: 'One row for each combination of values; a single one where empty.',
        }),
        interval: t.arg({ type: UsageIntervalRef, description: 'One row for each period; a single one where absent.' }),
        filter: t.arg({ type: UsageFilterInput, description: 'Which calls count; all where absent.' }),
        groupByTag: t.arg.string({
          description: 'The key of a tag: rows are by its values too, and one is for the calls that have none.',
        }),
      },
      resolve: async (_root, { range, groupBy, interval, filter, groupByTag }, context, info) => {
        const { projectId } = callerWith(context, 'read')
        return await answered(
          context.ledger.usage(projectId, {
            range: checkedRange('range', range),
            groupBy: [...new Set(groupBy ?? [])],
            interval: interval ?? null,
            filter: usageFilter(filter),
            groupByTag: groupByTag ?? null,
            quantiles: wantsQuantiles(info) ? 'wanted' : 'unwanted',
          }),
        )
      },
    }),
    models: t.field({
      type: [ModelRef],
      description: 'Every model that can be asked for, with its price and what it can do.',
      resolve: (_root, _args, context) => {
        callerOf(context)
        return context.catalog.models()
      },
    }),
    providers: t.field({
      type: [ProviderRef],
      description: 'Every configured provider, with its health as measured here.',
      resolve: (_root, _args, context) => {
        callerOf(context)
        return context.gateway.health()
      },
    }),
    routes: t.field({
      type: [RouteRef],
      description: 'Every route in force.',
      resolve: (_root, _args, context) => {
        callerOf(context)
        return [...context.routes.current().routes]
      },
    }),
    quotas: t.field({
      type: [QuotaRef],
      description:
        "Every quota of the caller's project; for a key with the scope `operator` those of the whole installation too, whose amounts tell of other projects.",
      args: {
        endUser: t.arg.string({
          description:
            'Whose windows to show of quotas for each end user. Where absent, those of whoever used and reserved most, whom `endUser` then names.',
        }),
      },
      resolve: (_root, { endUser }, context) => {
        const { projectId, scopes } = callerWith(context, 'read')
        const installation = scopes.includes('operator') ? 'shown' : 'left out'
        return context.ledger.quotas(projectId, null, { endUser: endUser ?? null, installation })
      },
    }),
  }),
})

function pageSize(first: number): number {
  if (first >= 1 && first <= LARGEST_PAGE) return first
  throw badArgument('first', `${first} is not from 1 to ${LARGEST_PAGE}.`)
}
