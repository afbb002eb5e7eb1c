import { formatUsd } from '../core/money.ts'
import type { RouteCandidate, RoutePlan, RouteSignal, UsedVersion } from '../core/routing.ts'
import { builder } from './builder.ts'

const RouteCandidateRef = builder.objectRef<RouteCandidate>('RouteCandidate').implement({
  description: 'A model that a route may use for a request.',
  fields: (t) => ({
    provider: t.exposeString('provider', { description: 'The provider, by its configured name.' }),
    model: t.exposeString('model', { description: "The model, by the provider's own name." }),
    reason: t.exposeString('reason', { description: "Why it stands here, or why it's out." }),
    eligible: t.exposeBoolean('eligible', { description: 'False where it is out and would not be tried.' }),
    estimatedCostUsd: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What the request would cost there; null where the model has no known price.',
      resolve: ({ estimatedCost }) => (estimatedCost === null ? null : formatUsd(estimatedCost)),
    }),
    firstTokenTimeoutMs: t.int({
      nullable: true,
      description:
        "How long its first token is waited for, in milliseconds: as the caller or the route says, else by what is asked of the model, since one that thinks takes longer. Null where it is out, or where it is asked for an answer in one piece, which only the call's deadline bounds.",
      resolve: ({ firstTokenTimeoutMs }) => firstTokenTimeoutMs ?? null,
    }),
  }),
})

const RouteSignalRef = builder.objectRef<RouteSignal>('RouteSignal').implement({
  description: 'Something that a strategy looked at to decide.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What was looked at.' }),
    value: t.exposeString('value', { description: 'What was seen.' }),
  }),
})

const UsedVersionRef = builder.objectRef<UsedVersion>('UsedRouteVersion').implement({
  description: 'The version of a route that decided on a call.',
  fields: (t) => ({
    route: t.exposeString('route', { description: "The route's name." }),
    version: t.exposeInt('version', { description: 'Its version; 0 is the one of the configuration file.' }),
  }),
})

export const RoutePlanRef = builder.objectRef<RoutePlan>('RoutePlan').implement({
  description: 'Who was considered for a call, in which order, and why.',
  fields: (t) => ({
    route: t.exposeString('route', { description: "The route's name, or the model that was asked for." }),
    strategy: t.exposeString('strategy', { description: 'The algorithm that put the candidates in order.' }),
    candidates: t.expose('candidates', {
      type: [RouteCandidateRef],
      description: "In the order in which they'd be tried; the ones that are out stand last.",
    }),
    versions: t.expose('versions', {
      type: [UsedVersionRef],
      description: 'Of the route and of the routes within it, itself first; empty where a model was asked for.',
    }),
    signals: t.field({
      type: [RouteSignalRef],
      description: 'What the strategy looked at to decide. With a browser token, without what was left of quotas.',
      // That tells a visitor what others used.
      resolve: ({ signals }, _args, { caller }) =>
        caller?.browserToken ? signals.filter(({ name }) => name !== 'quota') : [...signals],
    }),
  }),
})
