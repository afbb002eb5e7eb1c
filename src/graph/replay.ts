import { formatUsd } from '../core/money.ts'
import type { ReplayedModel, ReplayReport } from '../core/replay.ts'
import type { RouteDraft } from '../core/route-admin.ts'
import { callerWith } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'
import type { GraphContext } from './context.ts'
import { type InvalidRoute, InvalidRouteErrorRef } from './invalid-route-error.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { checkedRange, TimeRangeInput } from './time-range.ts'

const LARGEST_SAMPLE = 10_000
const USUAL_SAMPLE = 1_000

const ReplayedModelRef = builder.objectRef<ReplayedModel>('ReplayedModel').implement({
  description: "What becomes of one model's share.",
  fields: (t) => ({
    provider: t.exposeString('provider', { description: 'The provider, by its configured name.' }),
    model: t.exposeString('model', { description: "The model, by the provider's own name." }),
    callsBefore: t.exposeInt('callsBefore', { description: 'Replayed calls that it answered.' }),
    callsAfter: t.exposeInt('callsAfter', { description: 'Replayed calls that would have gone to it.' }),
    costBeforeUsd: t.field({
      type: 'Decimal',
      description: 'What those calls cost, all attempts included.',
      resolve: ({ costBefore }) => formatUsd(costBefore),
    }),
    costAfterUsd: t.field({
      type: 'Decimal',
      description: 'What they would have cost there.',
      resolve: ({ costAfter }) => formatUsd(costAfter),
    }),
  }),
})

const NotReplayedRef = builder.objectRef<ReplayReport['notReplayed'][number]>('NotReplayed').implement({
  description: 'Calls that a policy could not be asked about.',
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'Why not.' }),
    calls: t.exposeInt('calls', { description: 'How many.' }),
  }),
})

const RouteReplayRef = builder.objectRef<ReplayReport>('RouteReplay').implement({
  description: 'What ended calls would have cost and where they would have gone under another policy.',
  fields: (t) => ({
    calls: t.exposeInt('calls', { description: 'Answered calls of the range that asked for the route.' }),
    sampled: t.exposeInt('sampled', { description: 'How many of them were looked at, drawn by chance.' }),
    replayed: t.exposeInt('replayed', { description: 'Of those, how many the policy could be asked about.' }),
    moved: t.exposeInt('moved', { description: 'Replayed calls that would have gone to another model.' }),
    refused: t.exposeInt('refused', { description: 'Replayed calls that no candidate could have answered.' }),
    unpriced: t.exposeInt('unpriced', {
      description: 'Replayed calls whose cost is unknown before or after; they are in neither cost.',
    }),
    costBeforeUsd: t.field({
      type: 'Decimal',
      description: 'What the replayed calls cost, all attempts included.',
      resolve: ({ costBefore }) => formatUsd(costBefore),
    }),
    wastedBeforeUsd: t.field({
      type: 'Decimal',
      description: 'How much of that went to attempts that did not answer.',
      resolve: ({ wastedBefore }) => formatUsd(wastedBefore),
    }),
    costAfterUsd: t.field({
      type: 'Decimal',
      description: 'What they would have cost.',
      resolve: ({ costAfter }) => formatUsd(costAfter),
    }),
    models: t.expose('models', { type: [ReplayedModelRef], description: 'By cost after, highest first.' }),
    notReplayed: t.expose('notReplayed', { type: [NotReplayedRef], description: 'Sampled calls left out, by reason.' }),
    assumptions: t.stringList({
      description: 'What was taken for granted.',
      resolve: ({ assumptions }) => [...assumptions],
    }),
  }),
})

const ReplayRouteResultRef = builder.unionType('ReplayRouteResult', {
  description: 'What the replay came to, or what is wrong with the policy.',
  types: [RouteReplayRef, InvalidRouteErrorRef, NotFoundErrorRef],
  resolveType: (result) => {
    if ('sampled' in result) return 'RouteReplay'
    return 'issues' in result ? 'InvalidRouteError' : 'NotFoundError'
  },
})

builder.queryFields((t) => ({
  replayRoute: t.field({
    type: ReplayRouteResultRef,
    description:
      "What the project's calls for a route would have cost and where they would have gone under another policy, from the ledger: nothing is sent. Needs the scope `read`.",
    args: {
      route: t.arg.string({ required: true, description: 'What the calls asked for as their `model`.' }),
      range: t.arg({ type: TimeRangeInput, required: true, description: 'When the calls came in.' }),
      version: t.arg.int({ description: 'Under this version of the route; 0 is the configuration file.' }),
      config: t.arg({
        type: 'JSON',
        description:
          'Under this policy instead, as `publishRoute` takes it. Where both are absent: under the one in force.',
      }),
      sample: t.arg.int({
        defaultValue: USUAL_SAMPLE,
        description: `At most this many calls, from 1 to ${LARGEST_SAMPLE}; drawn by chance, the same each time.`,
      }),
    },
    resolve: async (_root, { route, range, version, config, sample }, context) => {
      const caller = callerWith(context, 'read')
      const most = sample ?? USUAL_SAMPLE
      if (most < 1 || most > LARGEST_SAMPLE) throw badArgument('sample', `${most} is not from 1 to ${LARGEST_SAMPLE}.`)
      if (version != null && config != null) throw badArgument('config', 'give either a version or a config.')
      const checked = checkedRange('range', range)
      const draft = await draftOf(context, route, version ?? null, config ?? null)
      if (draft.type !== 'route') return refusalOf(draft)
      const query = { requestedModel: route, range: checked, sample: most, route: draft.route, routes: draft.routes }
      return context.gateway.replay(caller, query)
    },
  }),
}))

async function draftOf(
  context: GraphContext,
  name: string,
  version: number | null,
  config: unknown,
): Promise<RouteDraft> {
  if (config !== null) return context.routeAdmin.draft(name, config)
  if (version !== null) return context.routeAdmin.draftOfVersion(name, version)
  const { routes } = context.routes.current()
  const route = routes.find((each) => each.name === name)
  return route ? { type: 'route', route, routes } : { type: 'unknown', message: `There is no route "${name}".` }
}

function refusalOf(draft: Exclude<RouteDraft, { type: 'route' }>): InvalidRoute | NotFound {
  if (draft.type === 'unknown') return { message: draft.message }
  return { issues: draft.issues.map(({ path, message }) => ({ path: ['config', ...path], message })) }
}
