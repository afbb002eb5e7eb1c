import type { RouteVersion } from '../core/route-admin.ts'
import { administratorOf, callerWith } from './authorization.ts'
import { badArgument } from './bad-input.ts'
import { builder } from './builder.ts'

const LARGEST_PAGE = 200

export const RouteVersionRef = builder.objectRef<RouteVersion>('RouteVersion').implement({
  description: 'One version of a route. Versions are kept for ever and never change.',
  fields: (t) => ({
    name: t.exposeString('name', { description: "The route's name." }),
    version: t.exposeInt('version', { description: 'Counts from 1; 0 is what the configuration file says.' }),
    inForce: t.exposeBoolean('inForce', { description: 'Whether it decides on calls now.' }),
    config: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'As it was published, in the form of the configuration file; null for version 0, which stands there.',
      resolve: ({ config }) => config,
    }),
    comment: t.exposeString('comment', { nullable: true, description: 'Why, in the words of who published it.' }),
    publishedAt: t.expose('publishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was published; null for version 0.',
    }),
    publishedBy: t.id({
      nullable: true,
      description:
        "The id of the API key that published it; null for version 0, and where it is another project's and the caller lacks the scope `operator`.",
      resolve: ({ publisher }, _args, context) => {
        const { projectId } = administratorOf(context)
        return publisher && (projectId === null || projectId === publisher.projectId) ? publisher.apiKeyId : null
      },
    }),
  }),
})

builder.queryFields((t) => ({
  routeVersions: t.field({
    type: [RouteVersionRef],
    description:
      'The versions of a route, newest first; empty where there is no such route. Needs the scope `admin`. Routes are those of the whole installation.',
    args: {
      name: t.arg.string({ required: true, description: "The route's name." }),
      first: t.arg.int({ defaultValue: 50, description: `How many, from 1 to ${LARGEST_PAGE}.` }),
      before: t.arg.int({ description: 'Only versions below this one; the newest where absent.' }),
    },
    resolve: async (_root, { name, first, before }, context) => {
      callerWith(context, 'admin')
      const count = first ?? 50
      if (count < 1 || count > LARGEST_PAGE) throw badArgument('first', `${count} is not from 1 to ${LARGEST_PAGE}.`)
      return [...(await context.routeAdmin.versions(name, count, before ?? null))]
    },
  }),
}))
