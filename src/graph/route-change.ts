import type { RouteChange, RouteVersion } from '../core/route-admin.ts'
import { callerWith } from './authorization.ts'
import { builder } from './builder.ts'
import { COMMENT, commentArgument, commentIssue } from './comment.ts'
import { type InvalidRoute, InvalidRouteErrorRef } from './invalid-route-error.ts'
import { type NotFound, NotFoundErrorRef } from './not-found-error.ts'
import { RouteVersionRef } from './route-version.ts'

const PublishRouteInput = builder.inputType('PublishRouteInput', {
  description: 'A route to put into force.',
  fields: (t) => ({
    name: t.string({
      required: true,
      description:
        'What requests ask for as their `model`. Goes before a route of the configuration file with this name.',
    }),
    config: t.field({
      type: 'JSON',
      required: true,
      description:
        'The policy and its rules, as they would stand in the configuration file: `{ "strategy": "priority", "models": ["openai/gpt-5-mini"] }`.',
    }),
    comment: t.string({ description: COMMENT }),
    basedOn: t.int({
      description: 'The version that you believe in force: where another is by now, nothing is published.',
    }),
  }),
})

const PublishRouteResultRef = builder.unionType('PublishRouteResult', {
  description: 'The version that is in force now, or what is wrong with it.',
  types: [RouteVersionRef, InvalidRouteErrorRef],
  resolveType: (result) => ('issues' in result ? 'InvalidRouteError' : 'RouteVersion'),
})

const RollbackRouteResultRef = builder.unionType('RollbackRouteResult', {
  description: 'The version that is in force now, or why it can not be.',
  types: [RouteVersionRef, InvalidRouteErrorRef, NotFoundErrorRef],
  resolveType: (result) => {
    if ('issues' in result) return 'InvalidRouteError'
    return 'version' in result ? 'RouteVersion' : 'NotFoundError'
  },
})

builder.mutationFields((t) => ({
  publishRoute: t.field({
    type: PublishRouteResultRef,
    description:
      'Puts a new version of a route into force, on all replicas within a second. Calls under way go on by the version that they began with. Needs the scope `admin`; the route is that of the whole installation.',
    args: { input: t.arg({ type: PublishRouteInput, required: true, description: 'The route.' }) },
    resolve: async (_root, { input }, context) => {
      const { name, config, comment, basedOn } = input
      const { apiKeyId } = callerWith(context, 'admin')
      const tooLong = commentIssue(comment)
      if (tooLong !== null) return { issues: [{ path: ['comment'], message: tooLong }] }
      const route = { name, config, comment: comment ?? null, basedOn: basedOn ?? null }
      return published(await context.routeAdmin.publish(route, apiKeyId))
    },
  }),
  rollbackRoute: t.field({
    type: RollbackRouteResultRef,
    description:
      'Puts an earlier version of a route into force again, on all replicas within a second; version 0 is what the configuration file says. Needs the scope `admin`.',
    args: {
      name: t.arg.string({ required: true, description: "The route's name." }),
      version: t.arg.int({ required: true, description: 'As `routeVersions` has it.' }),
      comment: t.arg.string({ description: COMMENT }),
    },
    resolve: async (_root, { name, version, comment }, context) => {
      const { apiKeyId } = callerWith(context, 'admin')
      const target = { name, version, comment: commentArgument(comment) }
      return rolledBack(await context.routeAdmin.rollBack(target, apiKeyId))
    },
  }),
}))

function rolledBack(change: RouteChange): RouteVersion | InvalidRoute | NotFound {
  return change.type === 'inForce' ? change.version : change
}

function published(change: RouteChange): RouteVersion | InvalidRoute {
  if (change.type === 'unknown') return { issues: [{ path: ['name'], message: change.message }] }
  return change.type === 'inForce' ? change.version : change
}
