import type { ApiKey } from '../core/api-key.ts'
import { ApiKeyRef } from './api-key.ts'
import { administratorOf } from './authorization.ts'
import { builder } from './builder.ts'
import { idArgument, LARGEST_PAGE, pageArguments, pageInfoOf, type ShownPage } from './item-page.ts'
import { PageInfoRef } from './page-info.ts'

const ApiKeyEdgeRef = builder.objectRef<ApiKey>('ApiKeyEdge').implement({
  description: 'A key in its place in a list.',
  fields: (t) => ({
    cursor: t.string({
      description: 'Its place: a page `after` it begins with the next one.',
      resolve: ({ id }) => id,
    }),
    node: t.field({ type: ApiKeyRef, description: 'The key.', resolve: (key) => key }),
  }),
})

const ApiKeyConnectionRef = builder.objectRef<ShownPage<ApiKey>>('ApiKeyConnection').implement({
  description: 'A page of keys, in the order in which they were made.',
  fields: (t) => ({
    edges: t.field({ type: [ApiKeyEdgeRef], description: 'The keys, in order.', resolve: ({ items }) => items }),
    pageInfo: t.field({ type: PageInfoRef, description: 'Where the page stands.', resolve: pageInfoOf }),
  }),
})

const NONE: ShownPage<ApiKey> = { items: [], hasNextPage: false, hasPreviousPage: false }

builder.queryFields((t) => ({
  apiKeys: t.field({
    type: ApiKeyConnectionRef,
    description:
      'The API keys of a project, the revoked and expired ones among them. Needs the scope `admin` for the own project, `operator` for others.',
    args: {
      project: t.arg.id({ description: "The project's id; where absent, all that the caller may see." }),
      first: t.arg.int({ defaultValue: 25, description: `How many, from 1 to ${LARGEST_PAGE}.` }),
      after: t.arg.string({ description: 'The `endCursor` of the page before.' }),
    },
    resolve: async (_root, { project, first, after }, context) => {
      const { projectId } = administratorOf(context)
      const wanted = project == null ? projectId : idArgument('project', project)
      if (projectId !== null && wanted !== projectId) return NONE
      const page = await context.access.keys.page({ projectId: wanted, ...pageArguments(first, after) })
      return { ...page, hasPreviousPage: after != null }
    },
  }),
}))
